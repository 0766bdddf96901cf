// just mig-init [schemas] [flags], npx just-mig init
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { initProject } from '../migrations/core/adopt/index.ts'
import { loadEnvironment, MigError, usingSession } from '../migrations/core/index.ts'
import { initLine, initText } from '../migrations/core/report/index.ts'
import { trustLiveFlag } from './cli/arguments.ts'
import { type Command, runCommand, sayWhere } from './cli/command.ts'
import { standInEnvironment } from './cli/stand-in.ts'

export const spec = {
  name: 'mig-init',
  summary:
    'Sets up a project from its live database: env.ts, models as .sql, recipes, and a first revision per schema, proved equal to the database and stamped. Overwrites nothing.',
  positionals: {
    schemas: {
      help: 'schemas to manage, as name or key=name, separated by commas (default: all with objects, except those of others)',
      default: '',
    },
  },
  flags: {
    baseline: { help: "start over from the current database, even if it has another tool's ledger" },
    privileges: { help: 'owners and grants too, in the models and in the first revision' },
    'trust-live': trustLiveFlag,
    'without-baseline': { help: 'write only env.ts, models and recipes; import the history afterwards' },
    'without-privileges': { help: 'no owners and grants, although the database has some' },
  },
  examples: [
    'npx just-mig init',
    'npx just-mig init user=app_user,policy=app_policy',
    'npx just-mig init --without-baseline',
  ],
} as const

/** @param root the folder of the package, whose justfile has the recipes */
export const main = (argv: readonly string[], root: string): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { flags, output, positionals, signal } = command
    const baseline = choice(flags, 'baseline')
    const privileges = choice(flags, 'privileges')
    const { env: standIn, isThere, place } = await standInEnvironment(flags)
    const env = isThere ? await loadEnvironment(place) : standIn
    await usingSession(env, { emit: output.event, signal }, async (session) => {
      sayWhere(command, { ...env, filter: [] }, session.url ?? '')
      const result = await initProject(session, env, {
        schemas: positionals.schemas,
        justfile: readFileSync(join(root, 'justfile'), 'utf8'),
        now: new Date(),
        ...{ baseline, privileges },
      })
      output.result(initText(result), initLine(result))
    })
  })

/** What a flag and its opposite say; undefined where neither is given. @throws MigError `bad-flag` for both */
function choice(flags: Command<typeof spec>['flags'], name: 'baseline' | 'privileges'): boolean | undefined {
  const [yes, no] = [flags[name], flags[`without-${name}`]]
  if (yes && no)
    throw new MigError('bad-flag', `--${name} and --without-${name} are opposites`, {
      help: 'give only one of them',
    })
  return yes ? true : no ? false : undefined
}
