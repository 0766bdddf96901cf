import type { ClientBase } from 'pg'
import type { Change } from '../change.ts'
import { type DatabaseObject, databaseObjects } from '../postgres/fingerprint/index.ts'

/** What would make a database have all that models declare of the whole of it, as operations. */
export async function wholeDatabaseChanges(
  client: ClientBase,
  declared: readonly DatabaseObject[],
): Promise<readonly Change[]> {
  if (declared.length === 0) return []
  const there = new Map((await databaseObjects(client)).map((object) => [nameOf(object), object.definition]))
  return declared.flatMap((object): Change[] => {
    const { kind, name, definition } = object
    const found = there.get(nameOf(object))
    if (found === definition) return []
    return [{ verb: found === undefined ? 'add' : 'change', kind, name, schema: undefined, detail: '' }]
  })
}

function nameOf({ kind, name }: DatabaseObject): string {
  return `${kind} ${name}`
}
