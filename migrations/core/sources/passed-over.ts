import { relative } from 'node:path'
import type { EmitEvent } from '../events.ts'
import { opening } from '../postgres/index.ts'
import type { ModelFile, ModelStatement } from './model.ts'

interface Kind {
  readonly test: RegExp
  readonly word: string
}

const privilegeKinds: readonly Kind[] = [
  { test: /^(grant|revoke)\b/i, word: 'GRANT' },
  { test: /^alter default privileges\b/i, word: 'ALTER DEFAULT PRIVILEGES' },
  { test: /^alter\b.* owner to\b/i, word: 'OWNER TO' },
]
const wholeDatabase: readonly Kind[] = [
  { test: /^alter default privileges\b(?!.*\bin schema\b)/i, word: 'ALTER DEFAULT PRIVILEGES' },
]
const rowKinds: readonly Kind[] = ['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY', 'TRUNCATE'].map((word) => ({
  test: new RegExp(`^${word}\\b`, 'i'),
  word,
}))

const temporaryKinds: readonly Kind[] = [
  { test: /^create (or replace )?((local|global) )?temp(orary)?\b/i, word: 'CREATE TEMPORARY' },
]

/** Warns, once for all models, of statements in them that nothing is generated for. */
export function warnOfPassedOver(
  files: readonly ModelFile[],
  {
    modelsDir,
    privileges,
    emit,
  }: { readonly modelsDir: string; readonly privileges: boolean; readonly emit?: EmitEvent },
): void {
  if (emit === undefined) return
  const statements = files.flatMap((file) => file.statements)
  const warn = (code: string, kinds: readonly Kind[], what: string, help: string) => {
    const found = statements.flatMap((statement) => {
      const text = opening(statement.sql)
      const word = kinds.find(({ test }) => test.test(text))?.word
      return word === undefined ? [] : [{ statement, word }]
    })
    const [first] = found
    if (first === undefined) return
    const words = [...new Set(found.map(({ word }) => word))].join(', ')
    const others = found.length === 1 ? '' : ` and ${found.length - 1} more`
    emit({
      event: 'warning',
      code,
      message: `models have ${words} (${placeOf(first.statement, modelsDir)}${others}): ${what}`,
      help,
    })
  }
  if (privileges) {
    warn(
      'privileges-of-database',
      wholeDatabase,
      'without IN SCHEMA they are of the whole database, and are not compared',
      'name the schema, or write them into a revision: just mig-revision "…"',
    )
  } else {
    warn(
      'privileges-passed-over',
      privilegeKinds,
      'owners and privileges are compared with --privileges only',
      'just mig-autogen "…" --privileges, and just mig-check --privileges',
    )
  }
  warn(
    'rows-in-models',
    rowKinds,
    'models say what tables are, and their rows go nowhere',
    'write the rows into a revision: just mig-revision "…"',
  )
  warn(
    'temporary-in-models',
    temporaryKinds,
    'what is temporary is of a session, and of no schema',
    'take the statement out of the models, or TEMPORARY out of it',
  )
}

function placeOf({ file, line }: ModelStatement, modelsDir: string): string {
  return [relative(modelsDir, file), ...(line === undefined ? [] : [line])].join(':')
}
