import type { ClientBase } from 'pg'
import {
  type Environment,
  type ExcludableObject,
  excludedObjects,
  fingerprintExcludes,
  isOfKinds,
} from '../environment/index.ts'
import type { EmitEvent } from '../events.ts'
import { readFingerprint } from '../postgres/index.ts'
import { silentSchemas } from './excludes.ts'

const shown = 5

/** Tells of the objects of a live database that the models of their schema cannot say, and that are left alone. */
export async function tellOfSilent(
  live: ClientBase,
  env: Pick<Environment, 'filter' | 'lines' | 'models' | 'options'>,
  emit: EmitEvent | undefined,
): Promise<void> {
  const own = env.lines.flatMap(({ key, schema }) => (env.filter.includes(key) ? [schema] : []))
  const silent = new Map([...silentSchemas(env)].filter(([schema]) => own.includes(schema)))
  if (silent.size === 0 || emit === undefined) return
  const excludes = excludedObjects(env.options)
  const found: ExcludableObject[] = []
  const look = (object: ExcludableObject) => {
    if (excludes(object)) return true
    const isSilent = isOfKinds(object, silent.get(object.schema) ?? new Set())
    if (isSilent) found.push(object)
    return isSilent
  }
  await readFingerprint(live, { schemas: [...silent.keys()], exclude: fingerprintExcludes(look) })
  if (found.length === 0) return
  const list = [...grouped(found)].map(([kind, all]) => {
    const names = all.toSorted()
    const more = names.length > shown ? ` and ${names.length - shown} more` : ''
    return `${kind} ${names.slice(0, shown).join(', ')}${more}`
  })
  emit({
    event: 'warning',
    code: 'left-alone',
    message: `these objects are not compared: they are beyond what the models can express: ${list.join('; ')}`,
    help: 'to compare them, declare them in an SQL model, or remove their kind from silentOn in env.ts',
  })
}

function grouped(objects: readonly ExcludableObject[]): ReadonlyMap<string, readonly string[]> {
  const kinds = new Map<string, string[]>()
  for (const { kind, schema, name } of objects)
    kinds.set(kind, [...(kinds.get(kind) ?? []), `${schema}.${name}`])
  return kinds
}
