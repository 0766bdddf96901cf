import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { type TypeScriptToken, typeScriptToken } from '../../revisions/files/typescript-tokens.ts'
import { type FoundModels, literal } from './found-models.ts'
import type { FoundSchema } from './schemas.ts'

/** The lines of `schemas` in env.ts. */
export function schemaLines(schemas: readonly FoundSchema[], indent = '    '): readonly string[] {
  return schemas.map(
    ({ key, schema }) => `${indent}${/^[A-Za-z_]\w*$/.test(key) ? key : literal(key)}: ${literal(schema)},`,
  )
}

/**
 * The text of env.ts with more schemas in its map, after those that it has.
 * @returns undefined where the map is not written out as `schemas: { … }`
 */
export function withMoreSchemas(text: string, schemas: readonly FoundSchema[]): string | undefined {
  const map = schemaMapIn(text)
  if (map === undefined) return undefined
  const { open, last, close } = map
  const comma = last === open || last.text === ',' ? '' : ','
  const lineStart = text.lastIndexOf('\n', close.start - 1) + 1
  const isOwnLine = text.slice(lineStart, close.start).trim() === '' && lineStart > last.end
  if (!isOwnLine) {
    const added = schemaLines(schemas, '').join(' ').replace(/,$/, '')
    const before = last === open ? ' ' : `${comma} `
    return `${text.slice(0, last.end)}${before}${added} ${text.slice(close.start)}`
  }
  const indent = /\n([ \t]+)\S[^\n]*$/.exec(text.slice(open.end, last.end))?.[1]
  const added = schemaLines(schemas, indent ?? `${text.slice(lineStart, close.start)}  `)
  return `${text.slice(0, last.end)}${comma}${text.slice(last.end, lineStart)}${added.join('\n')}\n${text.slice(lineStart)}`
}

interface SchemaMapText {
  readonly open: TypeScriptToken
  /** The last token of the map that is not a comment, which may be its brace. */
  readonly last: TypeScriptToken
  readonly close: TypeScriptToken
}

function schemaMapIn(text: string): SchemaMapText | undefined {
  const open = openingOf(text)
  if (open === undefined) return undefined
  let depth = 1
  let last = open
  for (const token of tokensFrom(text, open.end)) {
    if (token.text === '{' || token.text === '[' || token.text === '(') depth += 1
    if (token.text === '}' || token.text === ']' || token.text === ')') depth -= 1
    if (depth === 0) return { open, last, close: token }
    last = token
  }
  return undefined
}

/** The brace after `schemas:`. */
function openingOf(text: string): TypeScriptToken | undefined {
  let before: readonly string[] = []
  for (const token of tokensFrom(text, 0)) {
    const [name = '', colon] = before.slice(-2)
    if (token.text === '{' && colon === ':' && /^(?:schemas|'schemas'|"schemas")$/.test(name)) return token
    before = [...before.slice(-1), token.text]
  }
  return undefined
}

/** The tokens from an offset on, without comments, up to the end or to what is not understood. */
function* tokensFrom(text: string, offset: number): Generator<TypeScriptToken> {
  for (let at = offset; ; ) {
    const token = typeScriptToken(text, at)
    if (token.kind === 'end' || token.kind === 'broken') return
    if (token.kind !== 'comment') yield token
    at = token.end
  }
}

export function environmentText(
  env: Environment,
  schemas: readonly FoundSchema[],
  excludeTables: readonly string[],
  models: FoundModels | undefined,
): string {
  const types = existsSync(join(env.dir, 'core', 'index.ts')) ? './core/index.ts' : 'just-mig'
  const excluded =
    excludeTables.length === 0
      ? []
      : [
          '  // The tables that other tools keep their state in: never compared or changed.',
          `  excludeTables: [${excludeTables.map(literal).join(', ')}],`,
        ]
  const imports = models?.imports === undefined ? '' : `, ${models.imports}`
  const lead =
    imports === '' ? 'import type { EnvironmentOptions }' : `import { type EnvironmentOptions${imports} }`
  const silentOn =
    models?.silentOn === undefined
      ? []
      : [
          '// Kinds of objects that the models cannot declare: left alone, unless an SQL model beside them declares one.',
          'const silentOn = [',
          ...models.silentOn.map((kind) => `  ${literal(kind)},`),
          ']',
          '',
        ]
  const places =
    models === undefined
      ? []
      : [`  // What the database should be: ${models.what}.`, `  models: ${models.code},`]
  return [
    `${lead} from ${literal(types)}`,
    '',
    ...silentOn,
    'export default {',
    '  // Short name → PostgreSQL schema. To add one: just mig-init NAME',
    '  schemas: {',
    ...schemaLines(schemas),
    '  },',
    ...places,
    ...excluded,
    '} satisfies EnvironmentOptions',
    '',
  ].join('\n')
}
