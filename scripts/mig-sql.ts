// just mig-sql [target] [schemas] [flags]
import {
  expectGroups,
  groupsOfRun,
  lineGroups,
  MigError,
  offlineScript,
  openProject,
  type Plan,
  type Project,
  rangePlan,
  scriptPlan,
} from '../migrations/core/index.ts'
import { schemasArgument, tenantFlags } from './cli/arguments.ts'
import { type Command, commandEnvironment, runCommand } from './cli/command.ts'
import { writeLine } from './cli/output.ts'
import { onGroups, tenantSessions } from './cli/targets.ts'

export const spec = {
  name: 'mig-sql',
  summary:
    'Writes the SQL of an upgrade or downgrade to stdout instead of running it. A target starts from what the database has; a range a:b needs no database.',
  positionals: {
    target: {
      help: 'head, +N, a revision (upgrade); -N, base, or --downgrade (downgrade); a:b',
      default: 'head',
    },
    schemas: schemasArgument,
  },
  flags: {
    downgrade: { help: 'the target is one to downgrade to' },
    review: { help: 'for reading, without what makes the ledger: of a revision its own SQL alone' },
    transaction: { help: 'revision: one each (default); run: one for all', value: 'revision|run' },
    'allow-missing': { help: 'go on although the ledger has revisions that no file has' },
    ...tenantFlags,
  },
  examples: [
    'just mig-sql > upgrade.sql',
    'just mig-sql base:head user > user.sql',
    'just mig-sql -1 user',
    'just mig-sql head --review',
  ],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const project = openProject(await commandEnvironment(command))
    const { target: asked } = command.positionals
    const target = command.flags.review === true ? reviewTarget(project, asked) : asked
    if (target.includes(':')) return writeRange(command, project, target)
    const direction =
      command.flags.downgrade === true || /^(base|-\d+)$/.test(target) ? 'downgrade' : 'upgrade'
    const request = { direction, target, allowMissing: command.flags['allow-missing'] === true } as const
    const groups = groupsOfRun(project, request)
    // On the way down the script of the tenants stands before that of the single lines.
    const tenantsGo = await expectGroups(project, groups, request, { signal: command.signal })
    const plans = await onGroups(quietly(command), project, groups, async (group) => {
      const plan = await scriptPlan(group.project, group, { ...request, tenantsGo }, group.sessions)
      return { project: group.project, plan }
    })
    // Part of a script is worse than none: the first line is written when all are planned.
    for (const script of plans) await writeScript(command, script.project, script.plan)
  })

async function writeRange(command: Command<typeof spec>, project: Project, range: string): Promise<void> {
  refuseCurrent(range)
  const named = lineOfRange(project, range)
  const plans: Plan[] = []
  for (const group of lineGroups(project.env)) {
    if (named === undefined ? group.lines.length === 0 : !group.lines.includes(named)) continue
    plans.push(await rangePlan(project, group, range, tenantSessions(quietly(command))))
  }
  for (const plan of plans) await writeScript(command, project, plan)
}

/**
 * What is shown for review: of a revision with one parent its own SQL, as a range; everything else, a merge included,
 * is what is pending up to there.
 */
function reviewTarget({ files, graph }: Project, target: string): string {
  if (target.includes(':') || /^(.+@)?(heads?|base|current)?([+-]\d+)?$/.test(target)) return target
  const id = graph.resolve(target)
  const parents = [files.get(id ?? '')?.downRevision ?? []].flat()
  return id === null || parents.length > 1 ? target : `${parents[0] ?? 'base'}:${id}`
}

/** A range is planned from the files alone, where `current` would be taken for base. */
function refuseCurrent(range: string): void {
  const isCurrent = (side: string) => /^(.+@)?current\b/.test(side.trim())
  const sides = range.split(':')
  if (!sides.some(isCurrent)) return
  const other = sides.find((side) => side !== '' && !isCurrent(side)) ?? 'head'
  throw new MigError(
    'bad-range',
    `${range}: a range is planned from the files alone, and current is what a database has`,
    { help: `a target by itself starts from what the database has: just mig-sql ${other}` },
  )
}

/** The line that a range of revisions is in, which leaves the others out; undefined for one by names as base:head. */
function lineOfRange({ files, graph }: Project, range: string): string | undefined {
  const names = range.split(':').map((side) => side.trim().replace(/[+-]\d+$/, ''))
  // What is not a range is refused where it is planned.
  if (names.length !== 2) return undefined
  const ids = names.flatMap((name) => (/^(heads?|base|current|)$/.test(name) ? [] : graph.resolveAll(name)))
  const lines = new Set(ids.map((id) => files.get(id)?.line))
  return lines.size === 1 ? [...lines][0] : undefined
}

/** Standard output is the script and nothing else. */
function quietly(command: Command<typeof spec>): Command<typeof spec> {
  return {
    ...command,
    output: { ...command.output, remark: (text) => writeLine(process.stderr, text) },
  }
}

async function writeScript(
  { output, flags }: Command<typeof spec>,
  project: Project,
  plan: Plan,
): Promise<void> {
  for await (const part of offlineScript({ project, plan, ledger: flags.review !== true })) {
    // The parts end with their own line breaks.
    output.result(part.replace(/\n$/, ''), { event: 'sql', sql: part })
  }
}
