import { isOfKinds, type ModelsPlace, silentOf } from '../environment/index.ts'
import { catalogName, madeName, opening } from '../postgres/index.ts'
import { indexFacts } from '../postgres/statement/index.ts'
import type { ModelFile, ModelStatement } from './model.ts'
import { objectsNamed } from './named-objects.ts'

/** What the schemas of the lines are, and on what their models are silent. */
export interface SilentLines {
  readonly models: Pick<ModelsPlace, 'sources'>
  readonly lines: readonly { readonly key: string; readonly schema: string; readonly tenant: boolean }[]
}

const makes =
  /^create (?:or replace )?(?:constraint |recursive |unlogged )*(foreign table|materialized view|table|view|sequence|trigger|rule|policy|function|procedure|aggregate|type|domain|collation|statistics|operator|text search (?:configuration|dictionary))\b(?! class| family)/i
const part = '(?:"(?:[^"]|"")+"|[\\w$]+)'
const inSchema = new RegExp(`^(?: if not exists)? (${part})\\.${part}`, 'i')
const ofAltered = new RegExp(`^alter table (?:if exists )?(?:only )?(${part})\\.${part}`, 'i')
const onTable = new RegExp(` on (?:only )?(${part})\\.${part}`, 'i')

/**
 * The statements that make what silentOn leaves out in their schema, each with its kind; not those that others refer to,
 * which do not load without.
 */
export function silentStatements(
  files: readonly ModelFile[],
  { models, lines }: SilentLines,
): readonly Found[] {
  const silent = new Map(
    lines.flatMap(({ key, schema, tenant }) => (tenant ? [] : [[schema, silentOf(models, key)] as const])),
  )
  if ([...silent.values()].every(({ size }) => size === 0)) return []
  const found = files.flatMap(({ key, keyed, statements }) => {
    const own = keyed ? lines.find((line) => line.key === key)?.schema : undefined
    return statements.flatMap((statement) => {
      const made = madeObject(statement.sql)
      const kinds = made === undefined ? undefined : silent.get(made.schema ?? own ?? 'public')
      if (made === undefined || kinds === undefined) return []
      if (!isOfKinds({ ...made, schema: '', name: '' }, kinds)) return []
      return [{ statement, word: wordOf(made, kinds) }]
    })
  })
  const others = new Set(files.flatMap(({ statements }) => statements))
  for (const { statement } of found) others.delete(statement)
  return withoutReferred(
    found,
    [...others].map(({ sql }) => sql),
  )
}

interface Found {
  readonly statement: ModelStatement
  readonly word: string
}

function withoutReferred(found: readonly Found[], others: readonly string[]): readonly Found[] {
  const named = new Set(found.length === 0 ? [] : others.flatMap(objectsNamed))
  const left = found.filter(({ statement, word }) => {
    const name = madeName(statement.sql)?.split('.').at(-1)
    return name === undefined || !named.has(routines.has(word) ? `${name}(` : name)
  })
  const referred = found.filter((each) => !left.includes(each))
  return referred.length === 0
    ? left
    : withoutReferred(
        left,
        referred.map(({ statement }) => statement.sql),
      )
}

const routines = new Set(['function', 'procedure', 'aggregate'])

/** The kind that is silent: of an index, perhaps only its form. */
function wordOf({ kind, isPartial, hasExpression, method }: Made, kinds: ReadonlySet<string>): string {
  if (kinds.has(kind)) return kind
  const forms = [isPartial ? 'partial' : '', hasExpression ? 'expression' : '', method ?? '']
  return forms.map((form) => `${form} ${kind}`).find((each) => kinds.has(each)) ?? kind
}

interface Made {
  readonly kind: string
  readonly schema: string | undefined
  readonly isPartial?: boolean
  readonly hasExpression?: boolean
  readonly method?: string
}

function madeObject(sql: string): Made | undefined {
  const text = opening(sql)
  if (/^create (?:unique )?index\b/i.test(text)) {
    const facts = indexFacts(sql)
    if (facts === undefined) return undefined
    const { isPartial, hasExpression, method, table } = facts
    return { kind: 'index', schema: table.schema, isPartial, hasExpression, method }
  }
  const property = tableProperty(sql, text)
  if (property !== undefined && /^alter\b/i.test(text)) {
    const schema = ofAltered.exec(text)?.[1]
    return { kind: property, schema: schema === undefined ? undefined : catalogName(schema) }
  }
  const [before = '', named] = makes.exec(text) ?? []
  const word = named?.toLowerCase()
  if (word === undefined) return undefined
  const kind = property ?? (word === 'statistics' ? 'statistics object' : word)
  // What is of a table has its schema.
  const isOfTable = ['trigger', 'rule', 'policy'].includes(word)
  const placed = isOfTable ? onTable.exec(text) : inSchema.exec(text.slice(before.length))
  const schema = placed?.[1]
  return { kind, schema: schema === undefined ? undefined : catalogName(schema) }
}

/** What a statement says of a table that the table can have or not. */
function tableProperty(sql: string, text: string): string | undefined {
  if (!/^(?:alter|create)(?: unlogged)? table\b/i.test(text)) return undefined
  if (/\bforce row level security\b/i.test(text)) return 'forced row security'
  if (/\b(?:enable|disable) row level security\b/i.test(text)) return 'row security'
  return /\bpartition\s+(?:of|by)\s|\b(?:at|de)tach\s+partition\s/i.test(sql) ? 'partitioning' : undefined
}
