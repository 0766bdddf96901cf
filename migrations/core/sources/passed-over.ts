import { relative } from 'node:path'
import type { EmitEvent } from '../events.ts'
import { catalogName, madeName, opening } from '../postgres/index.ts'
import { regexEscape } from '../regex-escape.ts'
import type { ModelFile, ModelStatement } from './model.ts'
import { type SilentLines, silentStatements } from './silent-statements.ts'

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

interface Found {
  readonly statement: ModelStatement
  readonly word: string
}

/** Warns, once for all models, of statements in them that nothing is generated for, or that say what models cannot. */
export function warnOfPassedOver(
  files: readonly ModelFile[],
  {
    modelsDir,
    privileges,
    lines,
    models,
    searchPath = [],
    emit,
  }: SilentLines & {
    readonly modelsDir: string
    readonly privileges: boolean
    readonly searchPath?: readonly string[]
    readonly emit?: EmitEvent
  },
): void {
  if (emit === undefined) return
  const statements = files.flatMap((file) => file.statements)
  const tell = (code: string, found: readonly Found[], what: string, help: string) => {
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
  const warn = (code: string, kinds: readonly Kind[], what: string, help: string) =>
    tell(code, ofKinds(statements, kinds), what, help)
  if (privileges) {
    warn(
      'privileges-of-database',
      wholeDatabase,
      'they apply to the whole database where IN SCHEMA is missing, and are not compared',
      'name the schema, or write them into a revision: just mig-revision "…"',
    )
  } else {
    warn(
      'privileges-passed-over',
      privilegeKinds,
      'owners and privileges are compared only with --privileges',
      'just mig-autogen "…" --privileges, and just mig-check --privileges',
    )
  }
  warn(
    'rows-in-models',
    rowKinds,
    'the rows are ignored, since models describe structure',
    'insert the rows in a revision: just mig-revision "…"',
  )
  warn(
    'temporary-in-models',
    temporaryKinds,
    'a temporary object belongs to a session, not to a schema',
    'take the statement out of the models, or TEMPORARY out of it',
  )
  tell(
    'drops-in-models',
    dropping(statements),
    'the object that they create and drop is treated as unwanted, and dropped from the database too',
    'remove both statements, or only the DROP if the object is wanted',
  )
  tell(
    'silent-in-models',
    silentStatements(files, { models, lines }),
    'this kind is in silentOn, so it is not compared',
    'remove the kind from silentOn in env.ts, or the statement from the models',
  )
  tell(
    'empty-schema-in-models',
    emptySchemas(statements, ['public', ...lines.map(({ schema }) => schema), ...searchPath]),
    'it is empty in the models and missing in the schema map, so it is ignored',
    'add it to the schema map in env.ts, or remove the statement from the models',
  )
}

function ofKinds(statements: readonly ModelStatement[], kinds: readonly Kind[]): readonly Found[] {
  return statements.flatMap((statement) => {
    const text = opening(statement.sql)
    const word = kinds.find(({ test }) => test.test(text))?.word
    return word === undefined ? [] : [{ statement, word }]
  })
}

const drop =
  /^drop ((?:materialized )?view|(?:foreign )?table|type|domain|sequence|function|procedure)( if exists)? (.+)$/i

/**
 * The statements that drop what models make. `DROP … IF EXISTS` before it, as in the output of pg_dump --clean, drops nothing;
 * without IF EXISTS it fails there, and is tried again when the object is made.
 */
function dropping(statements: readonly ModelStatement[]): readonly Found[] {
  const names = statements.map(({ sql }) => madeName(sql))
  return statements.flatMap((statement, at) => {
    const [, kind = '', ifExists, rest = ''] = drop.exec(opening(statement.sql)) ?? []
    const made = ifExists === undefined ? names : names.slice(0, at)
    const isMade = namesIn(rest).some((name) => made.includes(name))
    return isMade ? [{ statement, word: `DROP ${kind.toUpperCase()}` }] : []
  })
}

/** The objects of a list such as `a, b.c CASCADE`, without the arguments of functions. */
function namesIn(list: string): readonly string[] {
  return list
    .replace(/\([^()]*\)/g, '')
    .split(',')
    .map((each) =>
      each
        .trim()
        .replace(/ (cascade|restrict)$/i, '')
        .split('.')
        .map((part) => catalogName(part.trim()))
        .join('.'),
    )
}

/** The statements that make a schema which nothing else is said of. @param known the schemas that may be empty */
function emptySchemas(statements: readonly ModelStatement[], known: readonly string[]): readonly Found[] {
  return statements.flatMap((statement) => {
    const [, given] =
      /^create schema (?:if not exists )?("(?:[^"]|"")+"|(?!authorization\b)[\w$]+)(?: authorization \S+)?$/i.exec(
        opening(statement.sql),
      ) ?? []
    const name = given === undefined ? undefined : catalogName(given)
    if (name === undefined || known.includes(name)) return []
    const word = new RegExp(`(?<![\\w$])${regexEscape(name)}(?![\\w$])`, 'i')
    const isUsed = statements.some(({ sql }) => word.test(sql) && !ofSchema.test(opening(sql)))
    return isUsed ? [] : [{ statement, word: `CREATE SCHEMA ${name}` }]
  })
}

/** What is said of a schema, and puts nothing into it. */
const ofSchema =
  /^((create|alter|drop) schema|comment on schema|(grant|revoke)\b.* on schema|alter default privileges)\b/i

function placeOf({ file, line }: ModelStatement, modelsDir: string): string {
  return [relative(modelsDir, file), ...(line === undefined ? [] : [line])].join(':')
}
