import {
  callable,
  dict,
  list,
  type Py,
  type PyArguments,
  type PyObject,
  plain,
  Raised,
  Unfollowed,
} from '../../python/run/objects.ts'
import { askEnums, askHasTable, askNames, askSchemas, askTable } from './inspector-sql.ts'
import type { Recording } from './record.ts'
import { reflectedType } from './reflected-types.ts'

/** `sa.inspect(bind)`: what it says of the scratch database, as SQLAlchemy would say it; it remembers its answers. */
export function inspector(record: Recording): PyObject {
  const known = new Map<string, Py>()
  return {
    kind: 'object',
    type: 'inspector',
    async get(name) {
      if (name === 'default_schema_name') return record.ask('SELECT current_schema()')
      return callable(name, async (given) => {
        if (name === 'clear_cache') known.clear()
        if (name === 'clear_cache') return null
        const key = JSON.stringify([
          name,
          ...given.positional.map(plain),
          ...[...given.keywords].map(([one, value]) => [one, plain(value)]),
        ])
        const before = known.get(key)
        // Whether it remembers tables that it was asked for differs between versions of SQLAlchemy.
        if (before !== undefined && name !== 'has_table') return before
        const answer = await asked(record, name, given)
        if (before !== undefined && before !== answer)
          throw new Unfollowed('has_table of a table that has come or gone', given.line)
        known.set(key, answer)
        return answer
      })
    },
  }
}

const versionTable = 'alembic_version'

async function asked(record: Recording, method: string, given: PyArguments): Promise<Py> {
  const { line } = given
  const schemaAt = ['get_table_names', 'get_view_names', 'get_enums'].includes(method) ? 0 : 1
  const schema = plain(given.keywords.get('schema') ?? given.positional[schemaAt])
  if (method === 'get_table_names') return fromJson(await record.ask(askNames("'r', 'p'", schema)))
  if (method === 'get_view_names') return fromJson(await record.ask(askNames("'v'", schema)))
  if (method === 'get_enums') return fromJson(await record.ask(askEnums(schema)))
  if (method === 'get_schema_names') return fromJson(await record.ask(askSchemas))
  const table = plain(given.keywords.get('table_name') ?? given.positional[0])
  if (table === undefined) throw new Unfollowed(`.${method}(…)`, line)
  // Alembic makes its own table before the first revision.
  if (table === versionTable && method === 'get_pk_constraint')
    return dict([
      ['name', 'alembic_version_pkc'],
      ['constrained_columns', list(['version_num'])],
    ])
  if (table === versionTable && method === 'has_table') return true
  if (method === 'has_table') return (await record.ask(askHasTable(table, schema))) === 'true'
  return rowsOf(record, method, table, schema, line)
}

/** The rows of a method that takes a table. @throws Raised `NoSuchTableError` */
export async function rowsOf(
  record: Recording,
  method: string,
  table: string,
  schema: string | undefined,
  line: number,
): Promise<Py> {
  const question = askTable(method, table, schema)
  if (question === undefined) throw new Unfollowed(`.${method}(…)`, line)
  const rows: unknown = JSON.parse(await record.ask(question))
  if (!Array.isArray(rows)) throw new Raised('NoSuchTableError', table)
  if (method === 'get_pk_constraint')
    return rows.length > 0
      ? rowOf(method, rows[0], line)
      : dict([
          ['constrained_columns', list([])],
          ['name', null],
        ])
  return list(rows.map((row) => rowOf(method, row, line)))
}

const actions: Readonly<{ [code: string]: string }> = {
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
  r: 'RESTRICT',
}

function rowOf(method: string, row: unknown, line: number): Py {
  const fields = new Map<string, unknown>(Object.entries(row ?? {}))
  const kept = (...names: readonly string[]) =>
    names.map((name): readonly [Py, Py] => [name, pyOf(fields.get(name))])
  switch (method) {
    case 'get_columns': {
      const labels = fields.get('labels')
      const type = reflectedType(
        {
          type: String(fields.get('type')),
          base: String(fields.get('base')),
          labels: Array.isArray(labels) ? labels.map(String) : null,
        },
        line,
      )
      return dict([
        ...kept('name', 'nullable', 'default', 'comment'),
        ['type', { kind: 'term', value: type }],
      ])
    }
    case 'get_foreign_keys': {
      const options = (['ondelete', 'onupdate'] as const).flatMap((name): readonly (readonly [Py, Py])[] => {
        const action = actions[String(fields.get(name))]
        return action === undefined ? [] : [[name, action]]
      })
      return dict([
        ...kept('name', 'constrained_columns', 'referred_schema', 'referred_table', 'referred_columns'),
        ['options', dict(options)],
      ])
    }
    case 'get_indexes':
      return dict([
        ...kept('name', 'unique', 'column_names'),
        ...(fields.get('duplicates_constraint') === null ? [] : kept('duplicates_constraint')),
      ])
    default:
      return dict([...fields].map(([name, value]) => [name, pyOf(value)] as const))
  }
}

export function fromJson(text: string): Py {
  return pyOf(JSON.parse(text))
}

/** JSON as Python has it. */
export function pyOf(value: unknown): Py {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return value
  if (Array.isArray(value)) return list(value.map(pyOf))
  return dict(Object.entries(value).map(([name, item]) => [name, pyOf(item)] as const))
}
