import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MigError } from '../errors.ts'
import type { RevisionFile, RevisionSpec } from './spec.ts'

export type { RevisionFile, RevisionSpec }
export interface PlannedStep {
  revision: string
  direction: 'upgrade' | 'downgrade'
  appliedAfter: readonly string[]
  neededBy?: string
}
const list = (v: string | readonly string[] | null | undefined): readonly string[] =>
  v == null ? [] : typeof v === 'string' ? [v] : v
export function readRevisionFiles(locations: readonly { line: string; dir: string }[]): RevisionFile[] {
  return locations.flatMap(({ line, dir }) => {
    let names: string[] = []
    try {
      names = readdirSync(dir)
    } catch {
      return []
    }
    return names
      .filter((n) => /\.(ts|sql)$/.test(n))
      .sort()
      .map((n) => {
        const path = join(dir, n)
        const text = readFileSync(path, 'utf8').slice(0, 4096)
        const format = n.endsWith('.sql') ? ('sql' as const) : ('ts' as const)
        const grab = (re: RegExp) => re.exec(text)?.[1]
        const arr = (s: string | undefined) =>
          s ? [...s.matchAll(/['"]([^'"]+)['"]/g)].map((m) => m[1] ?? '') : []
        const message = (format === 'ts' ? grab(/^\/\*\*\s*\n \* (.*)$/m) : grab(/^-- (.*)$/m)) ?? ''
        if (format === 'sql') {
          const r = (k: string) => grab(new RegExp(`^-- ${k}:[ \t]*(.*)$`, 'm'))?.trim()
          const down = r('Revises')
          return {
            revision: r('Revision') ?? '',
            downRevision: down || null,
            dependsOn: [],
            branchLabels: [],
            line,
            path,
            format,
            message,
          }
        }
        const down = arr(grab(/export const downRevision[^=]*=([^;\n]*)/))
        return {
          revision: arr(grab(/export const revision[^=]*=([^;\n]*)/))[0] ?? '',
          downRevision: down.length === 0 ? null : down.length === 1 ? (down[0] ?? null) : down,
          dependsOn: arr(grab(/export const dependsOn[^=]*=([^;\n]*)/)),
          branchLabels: [],
          line,
          path,
          format,
          message,
        }
      })
  })
}
export function readSqlRevision(text: string) {
  const up = /^-- upgrade\s*$([\s\S]*?)(?=^-- downgrade\s*$|$(?![\s\S]))/m.exec(text)?.[1] ?? ''
  const down = /^-- downgrade\s*$([\s\S]*)/m.exec(text)?.[1] ?? null
  return { upgrade: up, downgrade: down }
}
export type RevisionGraph = ReturnType<typeof revisionGraph>
export function revisionGraph(revs: readonly RevisionSpec[]) {
  const by = new Map(revs.map((r) => [r.revision, r]))
  const need = (id: string) => [...list(by.get(id)?.downRevision), ...list(by.get(id)?.dependsOn)]
  const anc = (ids: readonly string[]) => {
    const s = new Set<string>()
    const t = [...ids]
    while (t.length) {
      const x = t.pop() ?? ''
      if (s.has(x)) continue
      s.add(x)
      t.push(...need(x))
    }
    return s
  }
  const children = (id: string) =>
    revs.filter((r) => list(r.downRevision).includes(id)).map((r) => r.revision)
  const heads = (o: { lines?: readonly string[] } = {}) =>
    revs
      .filter((r) => children(r.revision).length === 0 && (!o.lines || o.lines.includes(r.line ?? '')))
      .map((r) => r.revision)
  const order = () => {
    const out: string[] = []
    const seen = new Set<string>()
    const visit = (id: string) => {
      if (seen.has(id)) return
      seen.add(id)
      need(id).forEach(visit)
      out.push(id)
    }
    revs.forEach((r) => visit(r.revision))
    return out
  }
  const rows = (applied: Set<string>) =>
    [...applied]
      .filter(
        (id) =>
          ![...applied].some((o) => o !== id && by.get(o)?.line === by.get(id)?.line && need(o).includes(id)),
      )
      .sort()
  const resolve = (name: string) =>
    by.has(name)
      ? name
      : (revs.find((r) => r.revision.startsWith(name))?.revision ??
        (name.includes('@') ? (heads({ lines: [name.split('@')[0] ?? ''] })[0] ?? null) : null))
  return {
    heads,
    children,
    resolve,
    get: (id: string) => by.get(id),
    branchPoints: () =>
      revs
        .map((r) => ({ revision: r.revision, children: children(r.revision) }))
        .filter((b) => b.children.length > 1),
    history: (_range?: string, o: { lines?: readonly string[]; applied?: readonly string[] } = {}) =>
      order()
        .reverse()
        .flatMap((id) => by.get(id) ?? [])
        .filter((r) => !o.lines || o.lines.includes(r.line ?? '')),
    planUpgrade({
      applied,
      target,
      lines,
    }: {
      applied: readonly string[]
      target: string | readonly string[]
      lines?: readonly string[]
    }): PlannedStep[] {
      const t =
        target === 'head' || target === 'heads'
          ? heads(lines ? { lines } : {})
          : [resolve(String(target)) ?? '']
      if (t.includes('')) throw new MigError('unknown-revision', `no ${String(target)}`)
      const have = anc(applied)
      const want = anc(t)
      return order()
        .filter((id) => want.has(id) && !have.has(id))
        .map((revision) => {
          have.add(revision)
          return { revision, direction: 'upgrade', appliedAfter: rows(have) }
        })
    },
    planDowngrade({
      applied,
      target,
      lines,
      recentlyApplied,
    }: {
      applied: readonly string[]
      target: string
      lines?: readonly string[]
      recentlyApplied?: readonly string[]
    }): PlannedStep[] {
      const have = anc(applied)
      let drop = order()
        .reverse()
        .filter((id) => have.has(id) && (!lines || lines.includes(by.get(id)?.line ?? '')))
      if (/^-\d+$/.test(target))
        drop = (recentlyApplied ?? drop).filter((id) => drop.includes(id)).slice(0, Number(target.slice(1)))
      else if (target !== 'base') {
        const keep = anc([resolve(target) ?? ''])
        drop = drop.filter((id) => !keep.has(id))
      }
      return drop.map((revision) => {
        have.delete(revision)
        return { revision, direction: 'downgrade', appliedAfter: rows(have) }
      })
    },
    planStamp({
      target,
      lines,
    }: {
      applied: readonly string[]
      target: string | readonly string[]
      lines?: readonly string[]
      purge?: boolean
    }) {
      const t = list(target)
      return t.flatMap((x) =>
        x === 'head' || x === 'heads'
          ? heads(lines ? { lines } : {})
          : x === 'base'
            ? []
            : [resolve(x) ?? ''],
      )
    },
  }
}
