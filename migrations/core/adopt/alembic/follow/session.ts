import {
  callable,
  list,
  type Py,
  type PyArguments,
  type PyObject,
  toValue,
  Unfollowed,
} from '../../python/run/objects.ts'
import type { Value } from '../../python/values.ts'
import { connection, execute } from './connection.ts'
import type { Recording } from './record.ts'
import { checkEmpty, rowsOfNothing, tablesIn } from './rows.ts'

/** `sa.orm.Session(bind=…)`: its queries are followed where their tables are empty. */
export function session(record: Recording): PyObject {
  const self: PyObject = {
    kind: 'object',
    type: 'session',
    async get(name) {
      if (name === 'query') return callable(name, (given) => query(record, selectOf(given)))
      if (name === 'execute') return callable(name, (given) => execute(record, given))
      if (name === 'connection' || name === 'get_bind') return callable(name, () => connection(record))
      if (name === 'bind') return connection(record)
      if (['begin', 'begin_nested'].includes(name)) return callable(name, () => self)
      if (['commit', 'close', 'close_all', 'flush', 'expire_all', 'expunge_all'].includes(name))
        return callable(name, () => null)
      if (name === 'scalars' || name === 'scalar')
        return callable(name, async (given) => {
          const result = await execute(record, given)
          const method =
            typeof result === 'object' && result?.kind === 'object' ? await result.get(name) : undefined
          if (typeof method !== 'object' || method?.kind !== 'callable')
            throw new Unfollowed(`.${name}(…)`, given.line)
          return method.call({ positional: [], keywords: new Map(), line: given.line })
        })
      return undefined
    },
  }
  return self
}

function selectOf({ positional, line }: PyArguments): Value {
  const items = positional.map((item) => toValue(item, line))
  return { kind: 'call', path: 'sqlalchemy.orm.Query', positional: items, keywords: new Map(), line }
}

const chained = new Set([
  'filter',
  'filter_by',
  'where',
  'join',
  'outerjoin',
  'options',
  'order_by',
  'group_by',
  'having',
  'distinct',
  'limit',
  'offset',
  'select_from',
  'with_entities',
  'yield_per',
  'execution_options',
  'enable_eagerloads',
  'correlate',
  'params',
])

function query(record: Recording, value: Value): PyObject {
  const rows = (line: number) => rowsOfNothing(record, value, line)
  const nothing = async (line: number, answer: Py) => {
    await checkEmpty(record, tablesIn(value), line)
    return answer
  }
  const answers: Readonly<{ [name: string]: Py }> = { count: 0, delete: 0, update: 0, all: list([]) }
  return {
    kind: 'object',
    type: 'query',
    term: value,
    async get(name) {
      if (chained.has(name))
        return callable(name, ({ positional, keywords, line }) =>
          query(record, {
            kind: 'method',
            of: value,
            name,
            positional: positional.map((item) => toValue(item, line)),
            keywords: new Map([...keywords].map(([key, item]) => [key, toValue(item, line)])),
            line,
          }),
        )
      if (name === 'subquery' || name === 'cte' || name === 'as_scalar' || name === 'scalar_subquery')
        return callable(name, () => ({ kind: 'term', value }))
      if (name === 'count' || name === 'delete' || name === 'update')
        return callable(name, ({ line }) => nothing(line, answers[name] ?? null))
      if (['all', 'first', 'one_or_none', 'scalar', 'one'].includes(name))
        return callable(name, async ({ line }) => {
          const result = await rows(line)
          const method = await result.get(name)
          if (typeof method !== 'object' || method?.kind !== 'callable')
            throw new Unfollowed(`.${name}(…)`, line)
          return method.call({ positional: [], keywords: new Map(), line })
        })
      return undefined
    },
    items: async () => (await rows(value.line)).items?.() ?? [],
  }
}
