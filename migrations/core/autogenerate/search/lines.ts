import {
  type Action,
  baseObject,
  idKey,
  type ObjectId,
  relationOf,
  schemaOf,
} from '../../difference/index.ts'
import { groupBy } from '../../group-by.ts'
import type { LineTarget } from '../../scratch/lines.ts'
import { mentionedBy } from './mentions.ts'

/** Actions of one line that stand next to each other: one revision. */
export interface Run {
  readonly line: string
  readonly actions: readonly Action[]
  /** Indexes of earlier runs of other lines that this one needs. */
  readonly needs: readonly number[]
}

/**
 * Parts ordered actions into as few runs of one line each as their order allows: an action may move before
 * others only when the two touch nothing in common.
 * @param lineOf the schema key of a physical schema, or undefined for a schema outside the filter
 * @param fallback the line that takes what belongs to no schema (an extension, a publication)
 */
export function partIntoRuns(
  actions: readonly Action[],
  lineOf: (schema: string) => string | undefined,
  fallback: string,
): readonly Run[] {
  const lines = actions.map((action) => ownerOf(action, lineOf) ?? fallback)
  const before = needsAcrossLines(touchedByEach(actions), lines)
  const starts = [...new Set(lines)]
  let best: readonly (readonly number[])[] | undefined
  for (const start of starts) {
    const schedule = runsFrom(start, lines, before)
    if (best === undefined || schedule.length < best.length) best = schedule
  }
  return asRuns(best ?? [], actions, lines, before)
}

/** Takes as much of one line as its needs allow, then of the line that can go farthest, until all is taken. */
function runsFrom(
  start: string,
  lines: readonly string[],
  before: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const queues = groupBy(lines.keys(), (at) => lines[at] ?? '')
  const done = new Set<number>()
  const takable = (line: string): readonly number[] => {
    const taken: number[] = []
    for (const at of queues.get(line) ?? []) {
      if (!(before[at] ?? []).every((need) => done.has(need))) break
      taken.push(at)
    }
    return taken
  }
  const runs: (readonly number[])[] = []
  let line: string | undefined = start
  while (done.size < lines.length) {
    const taken = line === undefined ? [] : takable(line)
    if (taken.length > 0 && line !== undefined) {
      for (const at of taken) done.add(at)
      queues.set(line, (queues.get(line) ?? []).slice(taken.length))
      runs.push(taken)
    }
    const ranked = [...queues.keys()].map((key) => ({ key, reach: takable(key).length }))
    line = ranked.sort((a, b) => b.reach - a.reach)[0]?.key
  }
  return runs
}

/** For each action the earlier ones that must stay before it. */
export function needsAmong(actions: readonly Action[]): readonly (readonly number[])[] {
  return needsAcrossLines(
    touchedByEach(actions),
    actions.map((_, at) => String(at)),
  )
}

function asRuns(
  schedule: readonly (readonly number[])[],
  actions: readonly Action[],
  lines: readonly string[],
  before: readonly (readonly number[])[],
): readonly Run[] {
  const runOf = new Map<number, number>()
  schedule.forEach((indexes, run) => {
    for (const at of indexes) runOf.set(at, run)
  })
  return schedule.map((indexes, run): Run => {
    const needs = new Set(
      indexes
        .flatMap((at) => (before[at] ?? []).map((need) => runOf.get(need) ?? run))
        .filter((need) => need !== run),
    )
    return {
      line: lines[indexes[0] ?? 0] ?? '',
      actions: indexes.flatMap((at) => actions[at] ?? []),
      needs: [...needs].sort((a, b) => a - b),
    }
  })
}

function ownerOf(action: Action, lineOf: (schema: string) => string | undefined): string | undefined {
  for (const id of [...action.produces, ...action.destroys, ...action.consumes]) {
    const schema = schemaOf(id)
    const line = schema === undefined ? undefined : lineOf(schema)
    if (line !== undefined) return line
  }
  return undefined
}

interface Touched {
  readonly reads: ReadonlySet<string>
  readonly writes: ReadonlySet<string>
}

function touchedByEach(actions: readonly Action[]): readonly Touched[] {
  const mentioned = mentionedBy(actions)
  const absent = absentAtEach(actions)
  return actions.map((action, at) => {
    const { reads, writes } = touchedBy(action)
    const mentions = [...(mentioned[at] ?? [])].filter((key) => !absent(key, at))
    return { reads: new Set([...reads, ...mentions]), writes }
  })
}

/**
 * Whether a thing is dropped before an action and recreated after it. A body that mentions it there does without it, and
 * must not part the two: its rows may be waiting, and each revision can be the last that runs.
 */
function absentAtEach(actions: readonly Action[]): (key: string, at: number) => boolean {
  const dropped = new Map<string, number>()
  const created = new Map<string, number>()
  for (const [at, { destroys, produces }] of actions.entries()) {
    for (const id of destroys) if (!dropped.has(idKey(id))) dropped.set(idKey(id), at)
    for (const id of produces) created.set(idKey(id), at)
  }
  return (key, at) => (dropped.get(key) ?? at) < at && at < (created.get(key) ?? at)
}

/** What an action reads and changes, each thing by its own key and by that of the relation that it is part of. */
function touchedBy(action: Action): Touched {
  const changed = action.verb === 'alter' ? action.consumes.slice(0, 1) : []
  return {
    writes: keysOf([...action.produces, ...action.destroys, ...changed]),
    reads: keysOf([...action.consumes, ...action.needs]),
  }
}

function keysOf(ids: readonly ObjectId[]): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const id of ids) {
    const base = baseObject(id)
    if (base.kind === 'schema') continue
    keys.add(idKey(base))
    const relation = relationOf(base)
    if (relation !== undefined) keys.add(`relation ${relation.schema}.${relation.name}`)
  }
  return keys
}

/**
 * For each action the earlier ones of other lines that must stay before it: one of the two changes what both
 * touch.
 */
function needsAcrossLines(
  touched: readonly Touched[],
  lines: readonly string[],
): readonly (readonly number[])[] {
  const readers = new Map<string, number[]>()
  const writers = new Map<string, number[]>()
  const put = (map: Map<string, number[]>, key: string, at: number) => {
    const list = map.get(key)
    if (list === undefined) map.set(key, [at])
    else list.push(at)
  }
  return touched.map(({ reads, writes }, at) => {
    const needs = new Set<number>()
    const note = (list: readonly number[] | undefined) => {
      for (const other of list ?? []) if (lines[other] !== lines[at]) needs.add(other)
    }
    for (const key of reads) note(writers.get(key))
    for (const key of writes) {
      note(writers.get(key))
      note(readers.get(key))
    }
    for (const key of reads) put(readers, key, at)
    for (const key of writes) put(writers, key, at)
    return [...needs].sort((a, b) => a - b)
  })
}

/** The key of the filter's line that a physical schema is of. */
export function lineOfSchema({
  lines,
  filter,
}: {
  readonly lines: readonly LineTarget[]
  readonly filter: readonly string[]
}): (schema: string) => string | undefined {
  return (schema) => lines.find((line) => line.schema === schema && filter.includes(line.key))?.key
}
