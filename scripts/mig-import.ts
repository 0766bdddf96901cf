// just mig-import TOOL [path] [schemas] [flags]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  findHistories,
  folderTools,
  type ImportOptions,
  type ImportResult,
  importAlembic,
  importedTools,
  importProgram,
  importSql,
  initProject,
  programTools,
} from '../migrations/core/adopt/index.ts'
import {
  type Environment,
  environmentFile,
  loadEnvironment,
  MigError,
  nearest,
  type Session,
  usingSession,
} from '../migrations/core/index.ts'
import { importText } from '../migrations/core/report/index.ts'
import { schemasArgument } from './cli/arguments.ts'
import { type Command, given, runCommand, usingProject } from './cli/command.ts'

export const spec = {
  name: 'mig-import',
  summary:
    "Brings another tool's history in: its files become revisions, which are replayed on a scratch database; when that gives what the live database has, the ledger takes over what the other tool's says is applied. Where there is no env.ts, it is written first.",
  positionals: {
    tool: { help: `${importedTools.join(', ')}; without it: what is found here`, default: '' },
    path: {
      help: 'the folder of its project or migrations, or its settings; for sql, a schema file; without it: the only one that is found here',
      default: '',
    },
    schemas: schemasArgument,
  },
  flags: {
    'offline-sql': {
      help: 'what alembic upgrade … --sql or downgrade … --sql wrote: goes before a recording',
      value: 'FILE',
      many: true,
    },
    section: { help: 'the section of alembic.ini, as alembic --name takes it', value: 'NAME' },
    python: {
      help: "the interpreter that has the Alembic project's packages (default: VIRTUAL_ENV, .venv, uv or poetry, python3)",
      value: 'PATH',
    },
    'alembic-x': { help: 'what alembic -x takes', value: 'NAME=VALUE', many: true },
    up: {
      help: 'what applies all migrations, where it is not the command of the tool: {url} is the empty database',
      value: 'COMMAND',
    },
    down: { help: 'what reverts the last one, or all', value: 'COMMAND' },
    'allow-network': {
      help: 'let the project reach the network while it is recorded, for settings kept there',
    },
    baseline: {
      help: 'take the SQL of applied revisions from the live database: the first makes it all, the others nothing; ids and graph stay',
    },
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
    'just mig-import alembic api user --offline-sql up.sql --offline-sql down.sql',
    'just mig-import alembic ../api --line users=user --line 8d01c2aa94fe=policy',
    'just mig-import drizzle',
    'just mig-import prisma prisma/migrations',
    'just mig-import knex ../api',
    'just mig-import sql schema.sql user',
  ],
} as const

/** @param root the folder of the package, whose justfile has the recipes */
export const main = (argv: readonly string[], root: string): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { tool } = command.positionals
    if (tool === '') return showFound(command)
    const importing = toolOf(tool)
    const path = pathOf(command)
    await setUp(command, root)
    return usingProject(command, async (session, { env }) => {
      const { output, flags, positionals } = command
      const result = await importing(session, env, { ...command, positionals: { ...positionals, path } })
      const text = importText(result, {
        excluded: env.options.excludeTables ?? [],
        verbose: flags.verbose === true,
        tool: positionals.tool,
      })
      output.result(text, { event: 'import', ...result })
    })
  })

/** The path that is given, else the only history of the tool that is found here. */
function pathOf({ positionals: { tool, path } }: Command<typeof spec>): string {
  if (path !== '') return path
  const found = findHistories(process.cwd()).filter((each) => each.tool === tool)
  const [first, ...others] = found
  if (first !== undefined && others.length === 0) return first.path
  const paths = found.map((each) => each.path).join(', ')
  throw new MigError(
    'missing-argument',
    `mig-import ${tool} needs a path${paths === '' ? '' : `: there are ${paths}`}`,
    {
      help: 'the folder of its project or migrations; just mig-import alone says what is found here',
    },
  )
}

/** Where there is no env.ts yet, writes it and the models as `mig-init --without-baseline` does. */
async function setUp({ flags, output, signal }: Command<typeof spec>, root: string): Promise<void> {
  const place = { root: process.cwd(), filter: 'all', ...given({ databaseUrl: flags['database-url'] }) }
  const env = await loadEnvironment({ ...place, options: { schemas: { app: 'app' } } })
  if (environmentFile(env.dir) !== undefined) return
  const { files } = await usingSession(env, { emit: output.event, signal }, (session) =>
    initProject(session, env, {
      ...{ schemas: '', baseline: false, now: new Date() },
      justfile: readFileSync(join(root, 'justfile'), 'utf8'),
    }),
  )
  for (const file of files) output.remark(`wrote ${file}`)
}

/** The histories of this folder, and the tools that are known. */
function showFound({ output }: Command): void {
  const found = findHistories(process.cwd())
  const lines = found.map(({ tool, path }) => `  just mig-import ${tool} ${path}`)
  const text = [
    ...(lines.length === 0 ? ['no history of another tool is found here'] : ['found here:', ...lines]),
    'known, from what they do on an empty database:',
    `  ${['alembic', ...programTools.map(({ name }) => name)].join(', ')}`,
    'known, from their files:',
    `  ${folderTools.map(({ name }) => name).join(', ')}; sql, a schema file`,
  ]
  output.result(text.join('\n'), { event: 'importable', found, known: importedTools })
}

type Import = (session: Session, env: Environment, command: Command<typeof spec>) => Promise<ImportResult>

const tools: Readonly<Record<string, Import>> = {
  alembic: (session, env, command) =>
    importAlembic(session, env, {
      ...requestOf(command),
      offlineSql: command.flags['offline-sql'] ?? [],
      x: command.flags['alembic-x'] ?? [],
      allowNetwork: command.flags['allow-network'] === true,
      ...given({ section: command.flags.section, python: command.flags.python }),
    }),
  sql: (session, env, command) => importSql(session, env, requestOf(command)),
  ...Object.fromEntries(
    folderTools.map((tool): [string, Import] => [
      tool.name,
      (session, env, command) => tool.import(session, env, requestOf(command)),
    ]),
  ),
  ...Object.fromEntries(
    programTools.map((tool): [string, Import] => [
      tool.name,
      (session, env, command) =>
        importProgram(session, env, tool, {
          ...{ ...requestOf(command), allowNetwork: command.flags['allow-network'] === true },
          ...given({ up: command.flags.up, down: command.flags.down }),
        }),
    ]),
  ),
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

function requestOf({ flags, positionals }: Command<typeof spec>): ImportOptions & { readonly path: string } {
  return {
    path: positionals.path,
    keep: flags.keep === true,
    baseline: flags.baseline === true,
    lines: (flags.line ?? []).map(lineChoice),
    ...given({ searchPath: flags['search-path'] }),
    ledger: given({ table: flags['version-table'], schema: flags['version-schema'] }),
  }
}

function lineChoice(text: string): { readonly name: string; readonly key: string } {
  const [, name, key] = /^(.+)=([^=]+)$/.exec(text) ?? []
  if (name !== undefined && key !== undefined) return { name, key }
  throw new MigError('bad-flag', `--line takes NAME=KEY, not ${JSON.stringify(text)}`, {
    help: 'for example --line expand=user: a branch label, folder or revision, and a schema key',
  })
}
