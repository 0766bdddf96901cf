// just mig-init [schemas] [flags], npx just-mig init
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type InitResult, initProject } from '../migrations/core/adopt/index.ts'
import { environmentFile, loadEnvironment, MigError, usingSession } from '../migrations/core/index.ts'
import { maskUrl } from '../migrations/core/postgres/index.ts'
import { trustLiveFlag } from './cli/arguments.ts'
import { byKind } from './cli/by-kind.ts'
import { type Command, given, runCommand } from './cli/command.ts'

export const spec = {
  name: 'mig-init',
  summary:
    'Sets a project up from its live database: env.ts, models as .sql, recipes, and a first revision per schema, proved equal to the database and stamped. Overwrites nothing.',
  positionals: {
    schemas: {
      help: 'schemas to manage, as name or key=name, with commas; default: all that hold something and that others do not own',
      default: '',
    },
  },
  flags: {
    baseline: { help: "start over from the database as it is, although another tool's ledger is there" },
    'trust-live': trustLiveFlag,
    'without-baseline': { help: 'env.ts, models and recipes only: for an import of the history after it' },
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
    if (flags.baseline && flags['without-baseline'])
      throw new MigError('bad-flag', '--baseline and --without-baseline are opposites', {
        help: 'give one of them',
      })
    // There may be no env.ts yet: a stand-in for its schema map serves to find the folders and the database.
    const place = {
      root: process.cwd(),
      filter: 'all',
      trustLive: flags['trust-live'] === true,
      ...given({ databaseUrl: flags['database-url'] }),
    }
    const standIn = await loadEnvironment({ ...place, options: { schemas: { app: 'app' } } })
    const isThere = environmentFile(standIn.dir) !== undefined
    const env = isThere ? await loadEnvironment(place) : standIn
    await usingSession(env, { emit: output.event, signal }, async (session) => {
      output.remark(output.style.dim(`database ${maskUrl(session.url ?? '')} (${env.databaseSource})`))
      const baseline = flags.baseline ? true : flags['without-baseline'] ? false : undefined
      const result = await initProject(session, env, {
        schemas: positionals.schemas,
        justfile: readFileSync(join(root, 'justfile'), 'utf8'),
        now: new Date(),
        ...given({ baseline }),
      })
      showResult(command, result)
    })
  })

function showResult({ output }: Command, result: InitResult): void {
  const { files, schemas, adopted, ledgers, histories, others, models } = result
  const ledger = ledgers.find(({ tool }) => tool !== undefined)
  const { changes = [], silentOn = [] } = models ?? {}
  const isEqual = changes.length === 0
  const [history] = histories.filter(({ tool }) => ledger === undefined || tool === ledger.tool)
  const importing = `just mig-import ${ledger?.tool ?? history?.tool} ${history?.path ?? 'DIR'}`
  const keys = files.some((file) => file.endsWith('mig.just'))
    ? ''
    : ` ${schemas.map(({ key }) => key).join(',')}`
  const first = `${models === undefined ? 'write the models, then ' : ''}just mig-autogen "first tables"${keys}`
  const next =
    adopted.length > 0
      ? isEqual
        ? 'just mig-check'
        : 'just mig-check shows each difference; write what only the database has into an SQL model beside, or exclude it; then just mig-autogen "what the models have"'
      : ledger !== undefined
        ? importing
        : history === undefined
          ? first
          : `${importing} for the history that is here, or ${first}`
  const lines = [
    ...files.map((file) => `wrote ${file}`),
    `schemas: ${schemas.map(({ key, schema }) => `${key} = ${schema}`).join(', ')}`,
    ...(others.length === 0 ? [] : [`left to others: ${others.join(', ')}`]),
    ...(models === undefined ? [] : [`models: ${models.what}`]),
    ...adopted.map(
      ({ targetSchema, revisions }) =>
        `${targetSchema} is at ${revisions.join(', ')}: equal to the live database`,
    ),
    ...(adopted.length === 0 ? ['no first revision was written'] : []),
    ...(silentOn.length === 0
      ? []
      : [`left alone, as the models cannot say it: ${silentOn.join(', ')} (silentOn in env.ts)`]),
    ...(isEqual ? [] : ['the live database differs from the models:', ...byKind(changes)]),
    ...(models?.problem === undefined ? [] : [`the models do not load yet: ${models.problem.message}`]),
    `next: ${models?.problem?.help ?? next}`,
  ]
  const differences = changes.map(({ verb, kind, name }) => ({ verb, kind, name }))
  output.result(lines.join('\n'), {
    event: 'init',
    files,
    schemas,
    adopted,
    others,
    models: models?.what ?? null,
    differences,
  })
}
