import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import { madeName } from '../postgres/index.ts'
import { regexEscape } from '../regex-escape.ts'
import type { Waiting } from './outside-name.ts'
import { fileLine, where } from './place.ts'
import { lacksExtension } from './statement-kinds.ts'

/** Names by which models speak of an extension that has another name; those of its own name need no list. */
const bringers: Readonly<Record<string, string>> = {
  halfvec: 'vector',
  sparsevec: 'vector',
  geometry: 'postgis',
  geography: 'postgis',
  raster: 'postgis_raster',
  gin_trgm_ops: 'pg_trgm',
  gist_trgm_ops: 'pg_trgm',
  uuid_generate_v4: 'uuid-ossp',
  digest: 'pgcrypto',
  crypt: 'pgcrypto',
  gen_salt: 'pgcrypto',
}

/** Extensions that are well known by a type of their own name, which a server need not have heard of. */
const wellKnown = new Set(['vector', 'postgis', 'citext', 'hstore', 'ltree', 'cube'])

interface Refused {
  readonly statement: { readonly sql: string }
  readonly error: { readonly message: string; readonly code?: string; readonly position?: string }
}

export interface MissingExtensions {
  readonly names: readonly string[]
  /** Those that the server could make. */
  readonly available: readonly string[]
}

export async function availableExtensions(client: ClientBase): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM pg_catalog.pg_available_extensions')
  return new Set(rows.map(({ name }) => name))
}

/**
 * The extensions that statements need and the database does not have; undefined where that is not why they fail.
 * @param available those that the server can make
 */
export function missingExtensions(
  left: readonly Refused[],
  available: ReadonlySet<string>,
): MissingExtensions | undefined {
  const names = [...new Set(left.flatMap((each) => missingExtension(each, available) ?? []))]
  if (names.length === 0) return undefined
  return { names, available: names.filter((name) => available.has(name)) }
}

function missingExtension(
  { statement: { sql }, error }: Refused,
  available: ReadonlySet<string>,
): string | undefined {
  if (lacksExtension(sql, error)) return /extension\s+(?:if\s+not\s+exists\s+)?"?([\w-]+)/i.exec(sql)?.[1]
  if (error.code !== '42704' && error.code !== '42883') return undefined
  const at = Number(error.position ?? Number.NaN) - 1
  const [, named] = /^(?:"?[\w$]+"?\.)?"?([\w$-]+)/.exec(Number.isNaN(at) ? '' : sql.slice(at)) ?? []
  const [, quoted] = /"(?:[\w$]+\.)?([\w$-]+)"/.exec(error.message) ?? []
  for (const name of [named, quoted]) {
    if (name === undefined) continue
    const lower = name.toLowerCase()
    const found = bringers[lower] ?? (wellKnown.has(lower) || available.has(lower) ? lower : undefined)
    if (found !== undefined) return found
  }
  return undefined
}

/** One message for all that models need of extensions. */
export function noExtension({ names, available }: MissingExtensions, left: readonly Waiting[]): MigError {
  const [first] = left
  const shown = left.slice(0, 10).map(({ statement, error }) => `\n  ${where(statement)}: ${error.message}`)
  const list = names.join(', ')
  const isThere = available.length === names.length
  return new MigError(
    'no-extension',
    isThere
      ? `models need ${list}, which no model makes:${shown.join('')}`
      : `models need ${list}, which the server of scratch databases does not have:${shown.join('')}`,
    {
      help: isThere
        ? `write CREATE EXTENSION ${list} into a model, or copy it from the live database: just mig-surroundings`
        : 'install it there, or set MIG_SCRATCH_URL to a server that has it; schemas without it can be checked: just mig-check KEY',
      place: first && fileLine(first.statement),
      facts: { extensions: names },
    },
  )
}

/** Whether a statement makes something in one of some schemas, or speaks of something there. */
export function concerns({ statement: { sql }, searchPath }: Waiting, schemas: readonly string[]): boolean {
  const [, placed] = /\bschema\s+"?([\w$-]+)/i.exec(/^\s*create\s+extension\b/i.test(sql) ? sql : '') ?? []
  const made = madeName(sql)?.split('.') ?? []
  const [first = ''] = searchPath.split(',').map((name) => name.trim().replace(/^"|"$/g, ''))
  const own = placed ?? (made.length > 1 ? made[0] : first)
  return schemas.some((schema) => own === schema || mentions(sql, schema))
}

function mentions(sql: string, schema: string): boolean {
  const name = regexEscape(schema)
  return new RegExp(`(?<![\\w$])"?${name}"?\\s*\\.`).test(sql)
}
