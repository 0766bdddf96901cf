import { quoteLiteral } from '../../../postgres/quote.ts'
import type { BodyPart, ScratchState } from '../../history.ts'

/** What a revision has done to a scratch database so far. */
export interface Recording {
  /**
   * Runs a statement, and keeps it. What it gives tells how many rows that met, which the revision asks for again.
   */
  run(sql: string): Promise<() => number>
  /**
   * What a query with one text says. The revision asks again when it runs, and stops where the answer is another: what
   * follows was decided by it.
   */
  ask(sql: string): Promise<string>
  /** As `ask`, for rows: what a live database says may be something else. */
  askRows(sql: string, what: string): Promise<string>
  /** What rows were asked for first. */
  rows(): string | undefined
  /** A value that each run makes anew, as SQL that gives the same wherever it stands in the revision. */
  once(sql: string): Promise<string>
  /** What is run from now on stands outside the transaction; gives what ends that. */
  outside(): () => void
  parts(): readonly BodyPart[]
}

/** @param place the file and revision, for the error of a revision whose questions have other answers */
export function recordOn(database: ScratchState, place: string): Recording {
  const parts: BodyPart[] = []
  let open = parts
  let asked = new Set<string>()
  let rows: string | undefined
  let made = 0
  const ask = async (sql: string) => {
    const [row] = await database.query(`SELECT (${sql})::text AS answer`)
    const answer = String(row?.answer ?? '')
    if (!asked.has(sql)) open.push({ kind: 'sql', sql: sameAnswer(sql, answer, place) })
    asked.add(sql)
    return answer
  }
  return {
    async run(sql) {
      // A scratch database has nobody to wait for, and one transaction for all.
      const count = await database.run(
        sql.replace(/^((?:CREATE (?:UNIQUE )?|DROP )INDEX) CONCURRENTLY\b/i, '$1'),
      )
      const [at, list] = [open.length, open]
      list.push({ kind: 'sql', sql })
      asked = new Set()
      return () => {
        rows ??= `how many rows ${sql} meets`
        list[at] = { kind: 'sql', sql: sameCount(sql, count, place) }
        return count
      }
    },
    ask,
    askRows(sql, what) {
      rows ??= what
      return ask(sql)
    },
    rows: () => rows,
    async once(sql) {
      made += 1
      const name = `mig.value_${made}`
      const set = `SELECT set_config('${name}', (${sql})::text, true)`
      await database.query(set)
      open.push({ kind: 'sql', sql: set })
      return `current_setting('${name}')`
    },
    outside() {
      const inner: BodyPart[] = []
      const before = open
      before.push({ kind: 'autocommit', parts: inner })
      open = inner
      return () => {
        open = before
      }
    },
    parts: () => parts.filter((part) => part.kind !== 'autocommit' || part.parts.length > 0),
  }
}

function sameAnswer(sql: string, answer: string, place: string): string {
  return inBlock([
    'BEGIN',
    `  IF coalesce((${sql})::text, '') <> ${quoteLiteral(answer)} THEN`,
    ...raised(place),
    '  END IF;',
    'END',
  ])
}

function sameCount(sql: string, count: number, place: string): string {
  return inBlock([
    'DECLARE met bigint;',
    'BEGIN',
    `  ${sql.replace(/;\s*$/, '')};`,
    '  GET DIAGNOSTICS met = ROW_COUNT;',
    `  IF met <> ${count} THEN`,
    ...raised(place),
    '  END IF;',
    'END',
  ])
}

function raised(place: string): readonly string[] {
  const hint =
    'it was imported for a database like a new one: bring this one past it with Alembic, then import'
  return [
    `    RAISE EXCEPTION USING MESSAGE = ${quoteLiteral(`${place} asks this database, and gets another answer`)},`,
    `      HINT = ${quoteLiteral(hint)};`,
  ]
}

function inBlock(lines: readonly string[]): string {
  const text = lines.join('\n')
  let tag = '$mig$'
  for (let at = 1; text.includes(tag); at += 1) tag = `$mig${at}$`
  return `DO ${tag}\n${text}\n${tag}`
}
