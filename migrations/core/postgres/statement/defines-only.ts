import { Reader } from './reader.ts'
import { constantFacts } from './statement-facts.ts'

/**
 * Whether a statement defines, redefines or drops something and gives rows no values that are computed: then it leaves the
 * same whichever transaction it is in, event triggers aside. A function that an index or a check calls for each row depends
 * on its arguments alone, as PostgreSQL has it too (manual, 5.5.1 and 38.7). One that is not known does not count.
 * @param schema that tables and views are made in; one that is made in another, or moved there, does not count
 */
export function definesOnly(sql: string, schema: string): boolean {
  const reader = new Reader(sql)
  if (reader.takes('comment', 'on') || reader.takes('grant') || reader.takes('revoke')) return true
  if (reader.takes('create')) return creates(reader, schema)
  if (reader.takes('alter')) return alters(reader)
  return reader.takes('drop') && (takesRelation(reader) || takesDomain(reader) || takesOther(reader))
}

const others = 'aggregate function index policy procedure rule sequence statistics trigger type'.split(' ')

function takesOther(reader: Reader): boolean {
  return others.some((kind) => reader.takes(kind))
}

/** A default that is computed is one of rows, where a table gets a column of the domain. */
function takesDomain(reader: Reader): boolean {
  return reader.takes('domain') && !has(reader, writesRows)
}

function takesRelation(reader: Reader): boolean {
  return reader.takes('table') || reader.takes('view')
}

function creates(reader: Reader, schema: string): boolean {
  reader.takes('or', 'replace')
  if (!reader.takes('unique')) reader.takes('unlogged')
  const isTable = reader.sees('table')
  // Without its schema a revision fails, and one that shares its transaction with CREATE SCHEMA would not: so no DROP.
  if (!takesRelation(reader)) return takesDomain(reader) || takesOther(reader) || reader.takes('schema')
  reader.skipExistence()
  const name = reader.schemaName()
  if (name === undefined || (name.schema ?? schema) !== schema) return false
  return !isTable || !has(reader, (each) => each.sees('as') || each.sees('execute'))
}

function alters(reader: Reader): boolean {
  if (takesRelation(reader)) return !has(reader, (each) => each.sees('set', 'schema') || writesRows(each))
  // A new value cannot be used by the transaction that adds it.
  if (reader.takes('type')) return !has(reader, (each) => each.sees('add', 'value'))
  return reader.takes('default', 'privileges') || takesDomain(reader) || takesOther(reader)
}

/** Whether something comes up outside of parentheses. */
function has(reader: Reader, isIt: (reader: Reader) => boolean): boolean {
  for (; !reader.isAtEnd; reader.skip()) if (isIt(reader)) return true
  return false
}

/** Whether a clause of ALTER TABLE gives rows values that are computed. */
function writesRows(reader: Reader): boolean {
  if (reader.sees('using')) return true
  if (reader.takes('drop', 'default') || !reader.takes('default')) return false
  return constantFacts(reader.until(isAfterDefault)) === undefined
}

function isAfterDefault(reader: Reader): boolean {
  return [',', ...'check collate constraint generated not null primary references unique'.split(' ')].some(
    (word) => reader.sees(word),
  )
}
