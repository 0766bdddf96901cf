// just mig-autogen MESSAGE [schemas] [flags]
import { type AutogenFiles, autogenerateProject } from '../migrations/core/autogenerate/index.ts'
import {
  applyStamp,
  countedLosses,
  exitCodes,
  lossText,
  openProject,
  type Project,
  type Session,
} from '../migrations/core/index.ts'
import { schemasInUse } from '../migrations/core/postgres/index.ts'
import { byKind, changeLines, lossLines } from '../migrations/core/report/index.ts'
import { schemasArgument, trustLiveFlag } from './cli/arguments.ts'
import { sayUnmodeled, unprovedWarning } from './cli/changes.ts'
import { type Command, runCommand, usingProject } from './cli/command.ts'
import { decisionFlags, decisionsOf } from './cli/decisions.ts'
import { writeNewFiles } from './cli/new-files.ts'

export const spec = {
  name: 'mig-autogen',
  summary: 'Writes the revisions that bring the database to the models, after proving them up, down and up.',
  positionals: { message: { help: 'what the revision does' }, schemas: schemasArgument },
  flags: {
    plan: { help: 'print the files, without writing them' },
    'sql-file': { help: 'plain .sql files instead of TypeScript' },
    'from-history': { help: 'compare with the revisions instead of the live database' },
    adopt: { help: 'write manual changes of the database as a revision, and stamp it as applied' },
    strict: { help: 'fail if something cannot be compared' },
    online: { help: 'use forms that do not block writers on existing tables' },
    privileges: { help: 'compare owners and grants too' },
    keep: { help: 'write the files even if their proof fails' },
    tenants: { help: 'the tenant to start from (default: the first one)', value: 'NAME' },
    'trust-live': trustLiveFlag,
    ...decisionFlags,
  },
  examples: [
    'just mig-autogen "add preferred_language to profile" user',
    'just mig-autogen "rename it" user --rename rfx_user.profile.name=display_name',
  ],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, (command) =>
    usingProject(command, async (session, project) => {
      const { positionals, flags, output } = command
      const made = await autogenerateProject(session, project, {
        message: positionals.message,
        format: flags['sql-file'] === true ? 'sql' : 'ts',
        now: new Date(),
        privileges: flags.privileges === true,
        online: flags.online === true,
        showsValues: output.showsValues,
        strict: flags.strict === true,
        fromHistory: flags['from-history'] === true,
        keep: flags.keep === true,
        adopt: flags.adopt === true,
        ...decisionsOf(command),
      })
      sayUnmodeled(command, made.unmodeled)
      if (made.files.length === 0) return sayNoChange(command)
      await tellFirst(command, session, project, made)
      const lineOf = (schema: string | undefined) =>
        project.env.lines.find(({ key, schema: own, tenants }) => (tenants === null ? own : key) === schema)
          ?.key
      const { text, lines } = changeLines(made.changes, lineOf)
      output.result(output.level === 'quiet' ? '' : text, ...lines)
      await showLosses(command, session, project, made)
      if (flags.plan === true) return showFiles(command, made)
      await writeNewFiles(project.env, output, made.files)
      if (flags.adopt === true) await stampAdopted(session, project, made)
      if (made.unproved === undefined) return exitCodes.done
      unprovedWarning(command, made.unproved)
      return exitCodes.proofFailed
    }),
  )

/** Where a schema had objects before its first revision, which does not make them: what differs, by kind. */
async function tellFirst(
  { output, flags }: Command<typeof spec>,
  { client }: Session,
  { env, graph }: Project,
  { files, changes }: AutogenFiles,
): Promise<void> {
  if (flags.adopt === true || flags['from-history'] === true) return
  const first = files.filter(({ line }) => graph.heads({ lines: [line] }).length === 0)
  const used = first.length === 0 ? [] : await schemasInUse(client, [])
  const before = first.flatMap(({ line }) => used.filter((schema) => schema === env.schemas[line]))
  if (before.length === 0) return
  output.event({
    event: 'warning',
    code: 'first-revision',
    message: [
      `${before.join(', ')} has objects that its first revision does not create:`,
      ...byKind(changes),
    ].join('\n'),
    help: 'to put them into a revision, so that an empty database gets them too: just mig-autogen "what was there" --adopt; what only the database has is dropped, unless an SQL model declares it, or env.ts excludes it or has its kind in silentOn',
  })
}

/** What the upgrades will lose, with the rows that the database has of it where it is looked at. */
async function showLosses(
  { output, flags }: Command<typeof spec>,
  session: Session,
  { env }: Project,
  { revisions }: AutogenFiles,
): Promise<void> {
  for (const { line, upgrade } of revisions) {
    const schema = env.schemas[line]
    const isLive = schema !== undefined && flags['from-history'] !== true
    const { dataLoss } = upgrade.costs
    const losses = isLive
      ? await countedLosses(session, dataLoss)
      : dataLoss.map((loss) => ({ loss: lossText(loss) }))
    const text = lossLines(losses, output.style).map((each) => `  ${each}`)
    if (losses.length > 0)
      output.result(
        output.level === 'quiet' ? '' : text.join('\n'),
        ...losses.map((loss) => ({ event: 'loss' as const, line, ...loss })),
      )
  }
}

/** What the database has already is not run again. */
async function stampAdopted(session: Session, { env }: Project, { files }: AutogenFiles): Promise<void> {
  const newest = new Map(files.map((file) => [file.line, file.revision]))
  const target = [...newest.values()].join(' ')
  await applyStamp(session, openProject(env), { target, lines: [...newest.keys()] })
}

function sayNoChange({ output }: Command): number {
  output.result('nothing to do: models and revisions are the same', { event: 'done', steps: 0, ms: 0 })
  return exitCodes.done
}

function showFiles({ output }: Command, { files }: AutogenFiles): number {
  for (const { text } of files) output.result(`\n${text}`, { event: 'sql', sql: text })
  return exitCodes.done
}
