import { MigError } from '../../errors.ts'
import { markedSections, type TextSection } from './sql-sections.ts'

/** The row test of a revision: SQL that makes rows, and queries that must then be true. */
export interface RowTest {
  readonly before: TextSection | undefined
  readonly afterUpgrade: TextSection | undefined
  readonly afterDowngrade: TextSection | undefined
}

/** A file beside the revisions that is a row test, and no revision. */
export function isRowTest(fileName: string): boolean {
  return fileName.endsWith('.test.sql')
}

/** Where the row test of a revision file may be: beside it, `.test.sql` in place of its extension or after it. */
export function rowTestPaths(path: string): readonly string[] {
  return [`${path.replace(/\.(?:ts|sql)$/, '')}.test.sql`, `${path}.test.sql`]
}

/**
 * Reads the sections `-- before`, `-- after upgrade` and `-- after downgrade` of a row test.
 * @throws MigError `row-test` with file and line, for a section that comes twice, SQL before the first, or no query
 */
export function readRowTest(text: string, file: string): RowTest {
  const refuse = (message: string, line: number) =>
    new MigError('row-test', `${file}:${line}: ${message}`, {
      help: 'a row test has sections: -- before, -- after upgrade and -- after downgrade, each once and alone on its line',
      place: { file, line },
    })
  const sections = markedSections(text, ['before', 'after upgrade', 'after downgrade'], refuse)
  const [afterUpgrade, afterDowngrade] = [sections.get('after upgrade'), sections.get('after downgrade')]
  if (afterUpgrade === undefined && afterDowngrade === undefined)
    throw refuse('there is no section with queries', 1)
  return { before: sections.get('before'), afterUpgrade, afterDowngrade }
}
