// just mig-autogen MESSAGE [schemas] [flags]
import { type AutogenFiles, autogenerateProject } from '../migrations/core/autogenerate/index.ts'
import { applyStamp, exitCodes, openProject, type Project, type Session } from '../migrations/core/index.ts'
import { changesShown, nothingLine } from '../migrations/core/report/index.ts'
import { schemasArgument, trustLiveFlag } from './cli/arguments.ts'
import { sayFirst, sayLosses, sayUnmodeled, unprovedWarning } from './cli/changes.ts'
import { runCommand, usingProject } from './cli/command.ts'
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
      if (made.files.length === 0) {
        output.result('nothing to do: models and revisions are the same', nothingLine)
        return exitCodes.done
      }
      await sayFirst(command, session, project, made)
      const { text, lines } = changesShown(made.changes, project.env)
      output.detail(text, ...lines)
      await sayLosses(command, session, project, made)
      if (flags.plan === true) {
        for (const { text: file } of made.files) output.result(`\n${file}`, { event: 'sql', sql: file })
        return exitCodes.done
      }
      await writeNewFiles(project.env, output, made.files)
      if (flags.adopt === true) await stampAdopted(session, project, made)
      if (made.unproved === undefined) return exitCodes.done
      unprovedWarning(command, made.unproved)
      return exitCodes.proofFailed
    }),
  )

/** What the database has already is not run again. */
async function stampAdopted(session: Session, { env }: Project, { files }: AutogenFiles): Promise<void> {
  const newest = new Map(files.map((file) => [file.line, file.revision]))
  const target = [...newest.values()].join(' ')
  await applyStamp(session, openProject(env), { target, lines: [...newest.keys()] })
}
