import { splitStatements } from '../../postgres/statements.ts'
import type { BodyPart } from '../history.ts'
import type { Scope } from '../python/scope.ts'
import type { Statement } from '../python/syntax.ts'
import { truth } from '../python/text-values.ts'
import { evaluate } from '../python/values.ts'
import { runsOutsideTransaction } from '../sql-body.ts'
import { Unconverted } from './reading.ts'

type If = Extract<Statement, { kind: 'if' }>

/** A branch of an `if` that may be taken, with the question that the database answers; null for `else`. */
export interface Choice {
  readonly condition: string | null
  readonly body: readonly Statement[]
}

/**
 * The branches that may be taken, in order; the last one is `else`, which may do nothing.
 * @throws Unconverted for a test that neither the file nor a question to the database settles.
 */
export function choicesOf(statement: If, scope: Scope): readonly Choice[] {
  const choices: Choice[] = []
  for (const { test, body } of statement.branches) {
    if (test === undefined) return [...choices, { condition: null, body }]
    const value = evaluate(test, scope)
    if (value.kind === 'condition') choices.push({ condition: value.sql, body })
    else {
      const taken = truth(value)
      if (taken === undefined) throw new Unconverted('if', statement.line)
      if (taken) return [...choices, { condition: null, body }]
    }
  }
  return [...choices, { condition: null, body: [] }]
}

/** What a branch became. */
export interface ChosenParts {
  readonly condition: string | null
  readonly parts: readonly BodyPart[]
}

/**
 * Branches as one `DO` block, which asks when the revision runs.
 * @throws Unconverted when something in them has no SQL, or cannot run inside a block.
 */
export function conditionalSql(chosen: readonly ChosenParts[], line: number): string {
  const texts = chosen.map(({ condition, parts }) => ({
    condition,
    statements: plainStatements(parts, line),
  }))
  const used = texts.filter(({ condition, statements }) => condition !== null || statements.length > 0)
  if (used.every(({ statements }) => statements.length === 0)) return ''
  const lines = used.flatMap(({ condition, statements }, at) => [
    condition === null ? '  ELSE' : `  ${at === 0 ? 'IF' : 'ELSIF'} ${condition} THEN`,
    ...(statements.length === 0 ? ['    NULL;'] : statements.map((sql) => `    ${inBlock(sql)};`)),
  ])
  const body = ['BEGIN', ...lines, '  END IF;', 'END'].join('\n')
  const tag = freeTag(body)
  return `DO ${tag}\n${body}\n${tag}`
}

function plainStatements(parts: readonly BodyPart[], line: number): readonly string[] {
  return parts.flatMap((part) => {
    if (part.kind === 'unconverted') throw new Unconverted(part.reason, line)
    if (part.kind === 'autocommit')
      throw new Unconverted('an if around what runs outside a transaction', line)
    return splitStatements(part.sql).map(({ text }) => {
      if (runsOutsideTransaction(text) || /^(BEGIN|COMMIT)$/i.test(text))
        throw new Unconverted('an if around what runs outside a transaction', line)
      return text
    })
  })
}

/** A query with a result needs EXECUTE in a block (PostgreSQL manual, "Executing a Command With No Result"). */
function inBlock(sql: string): string {
  if (!/^(SELECT|WITH|VALUES|TABLE|SHOW|EXPLAIN|CALL)\b|\bRETURNING\b/i.test(sql)) return sql
  const tag = freeTag(sql, 'sql')
  return `EXECUTE ${tag}${sql}${tag}`
}

function freeTag(text: string, name = 'mig'): string {
  for (let at = 0; ; at += 1) {
    const tag = `$${name}${at === 0 ? '' : at}$`
    if (!text.includes(tag)) return tag
  }
}
