import type { ToolRequest } from '../../migrations/core/adopt/index.ts'
import { MigError } from '../../migrations/core/index.ts'
import type { Flags } from './arguments.ts'
import type { CommandWith } from './command.ts'

/** Flags that say how another tool's history is read. */
export const historyFlags = {
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
  'allow-network': { help: 'allow network access during the recording, for settings that are kept there' },
  baseline: {
    help: 'take the SQL of applied revisions from the live database: the first creates everything, the others do nothing; ids and graph are kept',
  },
  line: {
    help: 'the line of revisions: NAME is a branch label, a folder of revision files, or a revision',
    value: 'NAME=KEY',
    many: true,
  },
  'search-path': {
    help: 'search_path that the other tool used (default: that of the role or database, else the target schema)',
    value: 'SCHEMAS',
  },
  'version-table': { help: "name of the other tool's ledger table", value: 'NAME' },
  'version-schema': { help: "schema of the other tool's ledger table", value: 'SCHEMA' },
  keep: {
    help: 'keep the files even if their result differs from the live database; nothing is adopted then',
  },
} as const satisfies Flags

/** What is asked of the tool whose history is at `path`. @throws MigError `bad-flag` */
export function historyRequest({ flags }: CommandWith<typeof historyFlags>, path: string): ToolRequest {
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
