import type { ClientBase } from 'pg'
import { type DatabaseObject, databaseObjects } from '../../postgres/fingerprint/index.ts'
import type { ModelFile } from '../../sources/index.ts'

const ofWholeDatabase = /\b(?:extension|publication|event\s+trigger|foreign\s+data\s+wrapper|server)\b/i

/** The objects of the whole database that the models declare, in a database where they are loaded. */
export async function declaredObjects(
  client: ClientBase,
  files: readonly ModelFile[],
): Promise<readonly DatabaseObject[]> {
  return textsOf(files).length === 0 ? [] : declaredAmong(await databaseObjects(client), files)
}

/** Those of some objects of the whole database that the models declare. */
export function declaredAmong(
  objects: readonly DatabaseObject[],
  files: readonly ModelFile[],
): readonly DatabaseObject[] {
  const texts = textsOf(files)
  return objects.filter(({ name }) => {
    const written = name.toLowerCase().replaceAll('"', '""')
    return texts.some((text) => text.includes(written))
  })
}

function textsOf(files: readonly ModelFile[]): readonly string[] {
  return files
    .flatMap(({ statements }) => statements.map(({ sql }) => sql.toLowerCase()))
    .filter((sql) => ofWholeDatabase.test(sql))
}
