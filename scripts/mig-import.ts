// just mig-import alembic|drizzle|prisma|sql PATH [schemas] [flags]
import {
  type ImportOptions,
  type ImportResult,
  importAlembic,
  importDrizzle,
  importPrisma,
  importSql,
} from '../migrations/core/adopt/index.ts'
import { type Environment, MigError, nearest, type Session } from '../migrations/core/index.ts'
import { countOf } from '../migrations/core/report/index.ts'
import { type Command, runCommand, usingProject } from './shared/command.ts'
import { schemasArgument } from './shared/schemas-argument.ts'

const spec = {
  name: 'mig-import',
  summary:
    "Brings another tool's history in: its files become revisions, which are replayed on a scratch database; when that gives what the live database has, the ledger takes over what the other tool's says is applied.",
  positionals: {
    tool: { help: 'alembic, drizzle, prisma or sql' },
    path: { help: 'the folder of its project or migrations; for sql, a schema file' },
    schemas: schemasArgument,
  },
  flags: {
    'offline-sql': {
      help: 'what alembic upgrade … --sql or downgrade … --sql wrote, for what only Python knows',
      value: 'FILE',
      many: true,
    },
    section: { help: 'the section of alembic.ini, as alembic --name takes it', value: 'NAME' },
    'python-path': {
      help: "a folder besides the project's that revisions import modules from, as site-packages",
      value: 'DIR',
      many: true,
    },
    'skip-unconverted': {
      help: 'leave out of applied revisions what could not be converted, when the schema is the same without it',
    },
    baseline: {
      help: 'take the SQL of applied revisions from the live database: the first makes it all, the others nothing; ids and graph stay',
    },
    'allow-unconverted': { help: 'write revisions that stop where something could not be converted' },
    line: {
      help: 'which line revisions go to: NAME is a branch label, a folder of revision files, or a revision',
      value: 'NAME=KEY',
      many: true,
    },
    'search-path': {
      help: 'search_path that the other tool ran under (default: the target schema)',
      value: 'SCHEMAS',
    },
    'version-table': { help: "name of the other tool's ledger table", value: 'NAME' },
    'version-schema': { help: "schema of the other tool's ledger table", value: 'SCHEMA' },
    keep: { help: 'keep the files although they do not lead to the live database; nothing is adopted then' },
    'lock-wait': { help: 'how long to wait for another runner (default 60s)', value: 'TIME' },
  },
  examples: [
    'just mig-import alembic ../api',
    'just mig-import alembic alembic/versions user --offline-sql upgrade.sql --offline-sql downgrade.sql',
    'just mig-import alembic ../api --line users=user --line 8d01c2aa94fe=policy',
    'just mig-import prisma prisma/migrations',
    'just mig-import sql schema.sql user',
  ],
} as const

export const main = (): Promise<void> =>
  runCommand(spec, (command) => {
    const importing = toolOf(command.positionals.tool ?? '')
    return usingProject(command, async (session, { env }) => {
      showResult(command, await importing(session, env, command), env.options.excludeTables ?? [])
    })
  })

type Import = (session: Session, env: Environment, command: Command) => Promise<ImportResult>

const tools: Readonly<Record<string, Import>> = {
  alembic: (session, env, command) =>
    importAlembic(session, env, {
      ...requestOf(command),
      offlineSql: texts(command.flags['offline-sql']),
      pythonPath: texts(command.flags['python-path']),
      ...sectionOf(command),
    }),
  drizzle: (session, env, command) => importDrizzle(session, env, requestOf(command)),
  prisma: (session, env, command) => importPrisma(session, env, requestOf(command)),
  sql: (session, env, command) => importSql(session, env, requestOf(command)),
}

function sectionOf({ flags }: Command): { readonly section?: string } {
  const section = text(flags.section)
  return section === undefined ? {} : { section }
}

function toolOf(name: string): Import {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
  if (tool !== undefined) return tool
  const guess = nearest(name, Object.keys(tools))
  throw new MigError('unknown-tool', `there is no import from ${JSON.stringify(name)}`, {
    help:
      guess === undefined
        ? `the tools are ${Object.keys(tools).join(', ')}`
        : `did you mean just mig-import ${guess}?`,
  })
}

function requestOf({ flags, positionals }: Command): ImportOptions & { readonly path: string } {
  const [table, schema, searchPath] = ['version-table', 'version-schema', 'search-path'].map((name) =>
    text(flags[name]),
  )
  return {
    path: positionals.path ?? '',
    keep: flags.keep === true,
    allowUnconverted: flags['allow-unconverted'] === true,
    skipUnconverted: flags['skip-unconverted'] === true,
    baseline: flags.baseline === true,
    lines: texts(flags.line).map(lineChoice),
    ...(searchPath === undefined ? {} : { searchPath }),
    ledger: { ...(table === undefined ? {} : { table }), ...(schema === undefined ? {} : { schema }) },
  }
}

function lineChoice(given: string): { readonly name: string; readonly key: string } {
  const [, name, key] = /^(.+)=([^=]+)$/.exec(given) ?? []
  if (name !== undefined && key !== undefined) return { name, key }
  throw new MigError('bad-flag', `--line takes NAME=KEY, not ${JSON.stringify(given)}`, {
    help: 'for example --line expand=user: a branch label, folder or revision, and a schema key',
  })
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** The other tool's tables are nobody's now, and would show as a difference from the models. */
function leftovers(tables: readonly string[], excluded: readonly string[]): readonly string[] {
  const names = [...new Set(tables)].filter((name) => !name.endsWith('.*') && !excluded.includes(name))
  if (names.length === 0) return []
  return [
    `next: drop ${names.join(', ')}, or name ${names.length === 1 ? 'it' : 'them'} in excludeTables of env.ts`,
  ]
}

function showResult(
  { output, flags, positionals }: Command,
  result: ImportResult,
  excluded: readonly string[],
): void {
  const { files, unconverted, followed, adopted, proof } = result
  const proofText = {
    equal: 'replayed on a scratch database: equal to the live one',
    runs: 'replayed on a scratch database: it runs; the database has nothing of it to compare with',
    none: 'not proved',
  }[proof]
  const lines = [
    `${countOf(files.length, 'revision')} written`,
    ...(flags.verbose === true ? files.map((file) => `  ${file}`) : []),
    proofText,
    ...followed.map((file) => `followed on a scratch database: ${file}`),
    ...unconverted.map(
      ({ file, line, direction, reason, leftOut }) =>
        `${leftOut ? 'left out' : 'not converted'}: ${file}:${line} ${direction}: ${reason}`,
    ),
    ...adopted.map(
      ({ targetSchema, revisions, from }) =>
        `${targetSchema} is at ${revisions.join(', ')}${from.endsWith('.*') ? '' : `, as ${from} says`}`,
    ),
    ...(adopted.length === 0 ? ['nothing was adopted'] : []),
    ...leftovers(
      adopted.map(({ from }) => from),
      excluded,
    ),
    // A schema file is one revision that makes things and is not taken back.
    ...(positionals.tool === 'sql'
      ? []
      : ['next: just mig-verify --announce writes into the heads of the revisions what they lose']),
  ]
  output.result(lines.join('\n'), { event: 'import', ...result })
}
