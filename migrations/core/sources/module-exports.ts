import { ddlText } from './ddl.ts'
import { foreignKind, isDrizzle, isDrizzleSql } from './drizzle/objects.ts'

/** What the exports of a module say of a database. */
export interface ModuleContent {
  readonly objects: readonly { readonly value: unknown; readonly name: string }[]
  /** SQL that is marked as such. */
  readonly marked: readonly { readonly value: unknown; readonly name: string }[]
  /** Strings, which may be SQL. */
  readonly texts: readonly { readonly text: string; readonly name: string }[]
  /** The kind of a table of another database, where there is one. */
  readonly foreign: string | undefined
}

/** How deep objects that hold objects are looked into: `export const schema = { app: { car } }`. */
const deepest = 4

/** Reads the exports of a module, by whatever names, and the plain objects and lists among them. */
export function moduleContent(exported: Readonly<Record<string, unknown>>): ModuleContent {
  const objects: { value: unknown; name: string }[] = []
  const marked: { value: unknown; name: string }[] = []
  const texts: { text: string; name: string }[] = []
  const seen = new Set<unknown>()
  let foreign: string | undefined
  const look = (value: unknown, name: string, depth: number): void => {
    if (seen.has(value)) return
    if (value !== null && (typeof value === 'object' || typeof value === 'function')) seen.add(value)
    if (isDrizzle(value)) objects.push({ value, name })
    else if (isDrizzleSql(value) || ddlText(value) !== undefined) marked.push({ value, name })
    else {
      foreign ??= foreignKind(value)
      for (const [key, inner] of depth < deepest ? heldBy(value) : [])
        look(inner, `${name}.${key}`, depth + 1)
    }
  }
  for (const [name, value] of Object.entries(exported)) {
    if (typeof value === 'string') texts.push({ text: value, name })
    else if (isTextList(value)) texts.push(...value.map((text) => ({ text, name })))
    else look(value, name, 0)
  }
  return { objects, marked, texts, foreign }
}

/** What a plain object or a list holds as values: a getter may do anything. */
function heldBy(value: unknown): readonly (readonly [string, unknown])[] {
  if (value === null || typeof value !== 'object') return []
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== null && prototype !== Object.prototype) return []
  return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([name, descriptor]) =>
    descriptor.enumerable === true && 'value' in descriptor ? [[name, descriptor.value] as const] : [],
  )
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
}
