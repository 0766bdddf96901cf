import type { ClientBase } from 'pg'
import { quoteIdent } from '../../postgres/index.ts'

/** A column as the values for it are sought. */
export interface Unknown {
  readonly name: string
  readonly candidates: readonly string[]
  readonly nullable: boolean
}

/** Values of some columns that satisfy what is asked of them together: an expression each, `NULL` among them. */
export type Solution = ReadonlyMap<string, string>

/** Columns that one or more conditions speak of together. */
export interface Puzzle {
  readonly unknowns: readonly Unknown[]
  /** Boolean expressions over the columns, unqualified, as pg_get_expr writes them. */
  readonly conditions: readonly string[]
}

/** Parts columns into puzzles: two columns of one condition are in the same. */
export function puzzles(
  unknowns: readonly Unknown[],
  conditions: readonly { readonly columns: readonly string[]; readonly expression: string }[],
): readonly Puzzle[] {
  const groups: Set<string>[] = []
  for (const { columns } of conditions) {
    const joined = new Set(columns)
    for (const group of groups.filter((each) => columns.some((name) => each.has(name)))) {
      for (const name of group) joined.add(name)
      groups.splice(groups.indexOf(group), 1)
    }
    groups.push(joined)
  }
  return groups.map((group) => ({
    unknowns: unknowns.filter(({ name }) => group.has(name)),
    conditions: conditions
      .filter(({ columns }) => columns.some((name) => group.has(name)))
      .map(({ expression }) => expression),
  }))
}

const mostCombinations = 4_000

/**
 * The query that finds the values of a puzzle: one row a solution, the places of the candidates, -1 for NULL. A check
 * that is NULL holds (manual, section 5.5.1).
 */
export function puzzleQuery({ unknowns, conditions }: Puzzle): string {
  const share = Math.max(2, Math.floor(mostCombinations ** (1 / Math.max(1, unknowns.length))))
  const lists = unknowns.map(({ name, candidates, nullable }, at) => {
    const values = candidates.slice(0, share).map((value, index) => `(${index}, ${value})`)
    const all = nullable || values.length === 0 ? [...values, '(-1, NULL)'] : values
    return `(VALUES ${all.join(', ')}) AS c${at} (i${at}, ${quoteIdent(name)})`
  })
  const places = unknowns.map((_, at) => `i${at}`)
  const order = `md5(${places.map((place) => `${place}::text`).join(` || ',' || `)})`
  return `SELECT ${places.join(', ')} FROM ${lists.join(' CROSS JOIN ')}
    WHERE ${conditions.map((condition) => `(${condition}) IS NOT FALSE`).join(' AND ')} ORDER BY ${order} LIMIT 200`
}

/**
 * Solves puzzles in one round trip, or one by one where a condition fails on some values. Undefined for those that
 * cannot be asked: then rows are tried.
 */
export async function solve(
  client: ClientBase,
  asked: readonly Puzzle[],
): Promise<readonly (readonly Solution[] | undefined)[]> {
  if (asked.length === 0) return []
  const results = await ask(client, asked.map(puzzleQuery))
  if (results !== undefined) return asked.map((puzzle, at) => solutions(puzzle, results[at] ?? []))
  if (asked.length === 1) return [undefined]
  const found: (readonly Solution[] | undefined)[] = []
  for (const puzzle of asked) found.push(...(await solve(client, [puzzle])))
  return found
}

async function ask(
  client: ClientBase,
  queries: readonly string[],
): Promise<readonly number[][][] | undefined> {
  const text = ['SAVEPOINT mig_solve', ...queries, 'RELEASE SAVEPOINT mig_solve'].join(';\n')
  try {
    // Several statements in one text give a list of results, which the driver's types do not know.
    const results = (await client.query({ text, rowMode: 'array' })) as unknown as readonly {
      readonly rows: number[][]
    }[]
    return results.slice(1, -1).map(({ rows }) => rows)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    await client.query('ROLLBACK TO SAVEPOINT mig_solve')
    return undefined
  }
}

function solutions({ unknowns }: Puzzle, rows: readonly number[][]): readonly Solution[] {
  return rows.map(
    (row) => new Map(unknowns.map(({ name, candidates }, at) => [name, candidates[row[at] ?? -1] ?? 'NULL'])),
  )
}

/** As many solutions as rows are wanted, each as different from those before as can be. */
export function spread(
  found: readonly Solution[],
  count: number,
  nulls: 'few' | 'many',
): readonly Solution[] {
  const chosen: Solution[] = []
  const emptiness = (solution: Solution) => [...solution.values()].filter((value) => value === 'NULL').length
  const weight = nulls === 'few' ? -100 : 100
  for (let at = 0; at < Math.min(count, found.length); at += 1) {
    let best: Solution | undefined
    let most = Number.NEGATIVE_INFINITY
    for (const solution of found) {
      if (chosen.includes(solution)) continue
      const news = [...solution].filter(([name, value]) =>
        chosen.every((other) => other.get(name) !== value),
      ).length
      const score = news + weight * emptiness(solution)
      if (score > most) [best, most] = [solution, score]
    }
    if (best !== undefined) chosen.push(best)
  }
  return chosen
}
