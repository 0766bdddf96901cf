import { type Delta, encodeId, type Fact } from '@supabase/pg-delta/core'
import type { Change } from '../change.ts'
import type { ExtraStatement } from './extras.ts'
import { kindWord, type ObjectId, objectName, schemaOf } from './ids.ts'

/** The differences as changes, without what follows from another change (a dropped table's columns). */
export function changesOf(deltas: readonly Delta[], extras: readonly ExtraStatement[]): readonly Change[] {
  const whole = new Set(
    deltas.flatMap((delta) =>
      delta.verb === 'add' || delta.verb === 'remove' ? [encodeId(delta.fact.id)] : [],
    ),
  )
  const changes = deltas.flatMap((delta): Change[] => {
    switch (delta.verb) {
      case 'add':
      case 'remove': {
        if (delta.fact.parent !== undefined && whole.has(encodeId(delta.fact.parent))) return []
        return [change(delta.verb === 'add' ? 'add' : 'drop', delta.fact.id, describeFact(delta.fact))]
      }
      case 'set':
        return [
          delta.id.kind === 'acl'
            ? change('change', delta.id, grantsChange(delta))
            : change(
                'change',
                delta.id,
                `${attributeWord(delta.attr)} ${show(delta.from)} → ${show(delta.to)}`,
              ),
        ]
      default:
        return delta.edge.kind === 'owner' && delta.verb === 'link'
          ? [change('change', delta.edge.from, `owner → ${objectName(delta.edge.to)}`)]
          : []
    }
  })
  const seen = new Set<string>()
  for (const { extra, sql } of extras) {
    if (seen.has(extra.key)) continue
    seen.add(extra.key)
    const name = [extra.schema, extra.relation, extra.name]
      .filter((part) => part !== null && part !== '')
      .join('.')
    changes.push({ verb: 'change', kind: extra.kind, name, schema: extra.schema, detail: oneLine(sql) })
  }
  return changes
}

export function renameChange({ from, to }: { readonly from: ObjectId; readonly to: ObjectId }): Change {
  return change('rename', from, `to ${objectName(to)}`)
}

function change(verb: Change['verb'], id: ObjectId, detail: string): Change {
  return { verb, kind: kindWord(id), name: objectName(id), schema: schemaOf(id), detail }
}

function describeFact(fact: Fact): string {
  const { payload } = fact
  switch (fact.id.kind) {
    case 'column':
      return `${show(payload.type)}${payload.notNull === true ? ' not null' : ''}`
    case 'constraint':
    case 'index':
      return oneLine(show(payload.def))
    case 'default':
      return show(payload.expr)
    case 'comment':
      return show(payload.text ?? payload.comment)
    case 'acl':
      return [
        listed(payload.privileges),
        ...(listed(payload.grantable) === 'none' ? [] : [`with grant option ${listed(payload.grantable)}`]),
      ].join(', ')
    case 'type':
      return Array.isArray(payload.values) ? `(${payload.values.map((value) => show(value)).join(', ')})` : ''
    default:
      return ''
  }
}

/** `SELECT → SELECT, UPDATE` */
function grantsChange({
  attr,
  from,
  to,
}: {
  readonly attr: string
  readonly from: unknown
  readonly to: unknown
}) {
  const what = attr === 'grantable' ? 'with grant option ' : ''
  return [from, to].map((side) => `${what}${listed(side)}`).join(' → ')
}

function listed(value: unknown): string {
  return Array.isArray(value) && value.length > 0 ? value.map(String).join(', ') : 'none'
}

/** `notNull` → `not null`. */
function attributeWord(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function show(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'string') return oneLine(value)
  return oneLine(JSON.stringify(value) ?? 'none')
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}
