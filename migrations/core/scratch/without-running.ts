import type { Action } from '../difference/index.ts'
import { wordsOf } from '../postgres/index.ts'

/**
 * Statements that rebuild objects of a live database on a scratch database, without what others have written there being
 * run: materialized views stay empty, and functions get their bodies last. An index, a default or a check is planned with
 * the value of an immutable function of constants (`CREATE INDEX … WHERE shop.f(2)`), on an empty table too: until then the
 * function is one that gives null.
 */
export function withoutRunning(actions: readonly Action[]): readonly Action[] {
  const bodies = actions.filter(({ sql }) => withoutBody(sql) !== undefined)
  // A function that goes again would be made by its body.
  const isDropped = bodies.some(({ produces }) =>
    produces.some((made) =>
      actions.some(({ destroys }) => destroys.some((gone) => JSON.stringify(gone) === JSON.stringify(made))),
    ),
  )
  const emptied = actions.map((action) => ({ ...action, sql: withoutData(action.sql) }))
  if (isDropped) return emptied
  return [...emptied.map(bodiless), ...bodies]
}

/** The action with a function that does nothing in the place of the one that it makes. */
export function bodiless(action: Action): Action {
  return { ...action, sql: withoutBody(action.sql) ?? action.sql }
}

function withoutData(sql: string): string {
  if (!/^\s*CREATE MATERIALIZED VIEW\b/i.test(sql) || /\bWITH NO DATA[\s;]*$/i.test(sql)) return sql
  return `${sql.replace(/(?<![\s;])[\s;]+$/, '')} WITH NO DATA`
}

/** A function of SQL or of a procedural language that gives null; undefined for what cannot be evaluated while planning. */
function withoutBody(sql: string): string | undefined {
  if (!/^\s*CREATE (?:OR REPLACE )?FUNCTION\b/i.test(sql)) return undefined
  const tokens = wordsOf(sql)
  const words = tokens.map(({ lower }) => lower)
  const returns = words.indexOf('returns')
  const language = words.indexOf('language', returns)
  const body = words.findIndex(
    (word, at) => at > language && (word === 'as' || word === 'begin' || word === 'return'),
  )
  if (returns < 0 || language < 0 || body < 0) return undefined
  const [type, named] = [words[returns + 1] ?? '', words[language + 1] ?? '']
  if (['trigger', 'event_trigger'].includes(type) || ['c', 'internal'].includes(named)) return undefined
  const [languageToken, bodyToken] = [tokens[language + 1], tokens[body]]
  if (languageToken === undefined || bodyToken === undefined) return undefined
  const head = `${sql.slice(0, languageToken.start)}plpgsql${sql.slice(languageToken.end, bodyToken.start)}`
  const givesNull = !/\b(?:out|inout|table|setof)\b/i.test(sql.slice(0, languageToken.start))
  return `${head}AS 'BEGIN RETURN${givesNull ? ' NULL' : ''}; END'`
}
