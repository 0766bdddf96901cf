// just mig-import TOOL [path] [schemas] [flags]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  findHistories,
  folderTools,
  historyPath,
  importedTools,
  importerOf,
  initProject,
  programTools,
  type ToolRequest,
} from '../migrations/core/adopt/index.ts'
import { environmentFile, loadEnvironment, MigError, usingSession } from '../migrations/core/index.ts'
import { importableText, importText } from '../migrations/core/report/index.ts'
import { schemasArgument } from './cli/arguments.ts'
import { type Command, runCommand, usingProject } from './cli/command.ts'

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
    const { output, flags, positionals } = command
    const { tool } = positionals
    if (tool === '') return showFound(command)
    const importHistory = importerOf(tool)
    const path = positionals.path || historyPath(tool, process.cwd())
    await setUp(command, root)
    await usingProject(command, async (session, { env }) => {
      const result = await importHistory(session, env, requestOf(command, path))
      const excluded = env.options.excludeTables ?? []
      const text = importText(result, { excluded, verbose: flags.verbose === true, tool })
      output.result(text, { event: 'import', ...result })
    })
  })

/** Where there is no env.ts yet, writes it and the models as `mig-init --without-baseline` does. */
async function setUp({ flags, output, signal }: Command<typeof spec>, root: string): Promise<void> {
  const place = { root: process.cwd(), filter: 'all', databaseUrl: flags['database-url'] }
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
  const names = (tools: readonly { readonly name: string }[]) => tools.map(({ name }) => name)
  const known = { recorded: ['alembic', ...names(programTools)], read: names(folderTools) }
  output.result(importableText(found, known), { event: 'importable', found, known: importedTools })
}

function requestOf({ flags }: Command<typeof spec>, path: string): ToolRequest {
  const { section, python, up, down } = flags
  return {
    path,
    keep: flags.keep === true,
    baseline: flags.baseline === true,
    lines: (flags.line ?? []).map(lineChoice),
    offlineSql: flags['offline-sql'] ?? [],
    x: flags['alembic-x'] ?? [],
    allowNetwork: flags['allow-network'] === true,
    ...{ section, python, up, down, searchPath: flags['search-path'] },
    ledger: { table: flags['version-table'], schema: flags['version-schema'] },
  }
}

function lineChoice(text: string): { readonly name: string; readonly key: string } {
  const [, name, key] = /^(.+)=([^=]+)$/.exec(text) ?? []
  if (name !== undefined && key !== undefined) return { name, key }
  throw new MigError('bad-flag', `--line takes NAME=KEY, not ${JSON.stringify(text)}`, {
    help: 'for example --line expand=user: a branch label, folder or revision, and a schema key',
  })
}
