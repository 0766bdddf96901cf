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
} from '../migrations/core/adopt/index.ts'
import { usingSession } from '../migrations/core/index.ts'
import { importableText, importText } from '../migrations/core/report/index.ts'
import { schemasArgument } from './cli/arguments.ts'
import { type Command, runCommand, usingProject } from './cli/command.ts'
import { historyFlags, historyRequest } from './cli/history-request.ts'
import { standInEnvironment } from './cli/stand-in.ts'

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
    ...historyFlags,
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
      const result = await importHistory(session, env, historyRequest(command, path))
      const excluded = env.options.excludeTables ?? []
      const text = importText(result, { excluded, verbose: flags.verbose === true, tool })
      output.result(text, { event: 'import', ...result })
    })
  })

/** Where there is no env.ts yet, writes it and the models as `mig-init --without-baseline` does. */
async function setUp({ flags, output, signal }: Command<typeof spec>, root: string): Promise<void> {
  const { env, isThere } = await standInEnvironment(flags)
  if (isThere) return
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
