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
    "Imports another tool's history: its files become revisions, which are replayed on a scratch database. If the result equals the live database, the ledger records what the other tool has applied. Writes env.ts first if there is none.",
  positionals: {
    tool: { help: `${importedTools.join(', ')}; default: list what is found here`, default: '' },
    path: {
      help: 'the folder of its project or migrations, or its settings file; for sql, a schema file (default: the one that is found here)',
      default: '',
    },
    schemas: schemasArgument,
  },
  flags: {
    'offline-sql': {
      help: 'output of alembic upgrade … --sql or downgrade … --sql, instead of a recording',
      value: 'FILE',
      many: true,
    },
    section: { help: 'the section of alembic.ini, as in alembic --name', value: 'NAME' },
    python: {
      help: "the interpreter that has the Alembic project's packages (default: VIRTUAL_ENV, .venv, uv or poetry, python3)",
      value: 'PATH',
    },
    'alembic-x': { help: 'passed to alembic -x', value: 'NAME=VALUE', many: true },
    up: {
      help: 'command that applies all migrations, in place of that of the tool; {url} is the empty database',
      value: 'COMMAND',
    },
    down: { help: 'command that reverts the last migration, or all', value: 'COMMAND' },
    'allow-network': {
      help: 'allow network access during the recording, for settings that are kept there',
    },
    baseline: {
      help: 'take the SQL of applied revisions from the live database: the first creates everything, the others do nothing; ids and graph are kept',
    },
    line: {
      help: 'the line of revisions: NAME is a branch label, a folder of revision files, or a revision',
      value: 'NAME=KEY',
      many: true,
    },
    'search-path': {
      help: 'search_path that the other tool used (default: the target schema)',
      value: 'SCHEMAS',
    },
    'version-table': { help: "name of the other tool's ledger table", value: 'NAME' },
    'version-schema': { help: "schema of the other tool's ledger table", value: 'SCHEMA' },
    keep: {
      help: 'keep the files even if their result differs from the live database; nothing is adopted then',
    },
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
    help: 'for example --line expand=user: a branch label, folder or revision, then a schema key',
  })
}
