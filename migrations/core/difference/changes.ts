import { type Delta, encodeId, type Fact } from '@supabase/pg-delta/core'
import type { Change } from '../change.ts'
import type { ExtraStatement } from './extras.ts'
import { kindWord, type ObjectId, objectName, schemaOf } from './ids.ts'
import { type ChangeWords, changeWords, cut, oneLine, propertyChange, valueText } from './property-words.ts'

/** The differences as changes, without what follows from another change (a dropped table's columns). */
export function changesOf(deltas: readonly Delta[], extras: readonly ExtraStatement[]): readonly Change[] {
  const whole = new Set(
    deltas.flatMap((delta) =>
      delta.verb === 'add' || delta.verb === 'remove' ? [encodeId(delta.fact.id)] : [],
    ),
  )
  const owners = new Map(
    deltas.flatMap((delta) =>
      delta.verb === 'unlink' && delta.edge.kind === 'owner'
        ? [[encodeId(delta.edge.from), objectName(delta.edge.to)] as const]
        : [],
    ),
  )
  const changes = deltas.flatMap((delta): Change[] => {
    switch (delta.verb) {
      case 'add':
      case 'remove': {
        if (delta.fact.parent !== undefined && whole.has(encodeId(delta.fact.parent))) return []
        return [
          change(delta.verb === 'add' ? 'add' : 'drop', delta.fact.id, { detail: describeFact(delta.fact) }),
        ]
      }
      case 'set': {
        const { id, attr, from, to } = delta
        return [
          change('change', id, id.kind === 'acl' ? grantsChange(delta) : propertyChange(attr, from, to)),
        ]
      }
      default: {
        if (delta.edge.kind !== 'owner' || delta.verb !== 'link') return []
        const old = owners.get(encodeId(delta.edge.from)) ?? 'none'
        return [change('change', delta.edge.from, changeWords([['owner', old, objectName(delta.edge.to)]]))]
      }
    }
  })
  const seen = new Set<string>()
  for (const { extra, words } of extras) {
    if (seen.has(extra.key)) continue
    seen.add(extra.key)
    const name = [extra.schema, extra.relation, extra.name]
      .filter((part) => part !== null && part !== '')
      .join('.')
    changes.push({ kind: extra.kind, name, schema: extra.schema, ...words })
  }
  return changes
}

export function renameChange({ from, to }: { readonly from: ObjectId; readonly to: ObjectId }): Change {
  return change('rename', from, { detail: `to ${objectName(to)}` })
}

function change(verb: Change['verb'], id: ObjectId, words: Pick<Change, 'back' | 'detail'>): Change {
  return { verb, kind: kindWord(id), name: objectName(id), schema: schemaOf(id), ...words }
}

function describeFact(fact: Fact): string {
  const { payload } = fact
  switch (fact.id.kind) {
    case 'column':
      return `${show(payload.type)}${payload.notNull === true ? ' not null' : ''}`
    case 'constraint':
      return show(payload.def)
    case 'index':
      return show(payload.def).replace(createIndex, (_, unique = '') => `${unique.toLowerCase()}on `)
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

/** What an index's definition begins with, up to its table. */
const createIndex = /^CREATE (UNIQUE )?INDEX (?:"(?:[^"]|"")*"|[^" ]+) ON (?:ONLY )?/

/** `SELECT → SELECT, UPDATE` */
function grantsChange({ attr, from, to }: Extract<Delta, { readonly verb: 'set' }>): ChangeWords {
  const what = attr === 'grantable' ? 'with grant option ' : ''
  const [old, wanted] = [from, to].map((side) => `${what}${listed(side)}`)
  return { detail: `${old} → ${wanted}`, back: `${wanted} → ${old}` }
}

function listed(value: unknown): string {
  return valueText('', Array.isArray(value) ? value : null)
}

function show(value: unknown): string {
  return cut(oneLine(valueText('', value)))
}
