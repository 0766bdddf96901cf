import { callable, type Py, type PyObject } from '../../python/run/objects.ts'
import type { Value } from '../../python/values.ts'
import type { Recording } from './record.ts'

/** `uuid.uuid4()`: one that each database gets for itself, the same wherever the revision uses it. */
export async function newUuid(record: Recording, line: number): Promise<PyObject> {
  const text = await record.once('gen_random_uuid()')
  const sql = (expression: string): Value => ({
    kind: 'call',
    path: 'sqlalchemy.text',
    positional: [{ kind: 'text', text: expression, line }],
    keywords: new Map(),
    line,
  })
  const asText: Py = { kind: 'term', value: sql(text) }
  return {
    kind: 'object',
    type: 'uuid',
    term: sql(`CAST(${text} AS uuid)`),
    text: asText,
    async get(name) {
      if (name === 'hex') return { kind: 'term', value: sql(`replace(${text}, '-', '')`) }
      if (name === '__str__') return callable(name, () => asText)
      return undefined
    },
  }
}
