import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const core = join(root, 'migrations', 'core')

const forRunner = ['environment', 'revisions', 'ledger', 'operations', 'postgres']
const forScratch = [...forRunner, 'runner', 'difference']
const forAutogenerate = [...forScratch, 'scratch', 'sources']
const all = [...forAutogenerate, 'autogenerate']

/** Which folders of core each folder may import from at run time; the root files are open to all. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  environment: [],
  revisions: ['environment', 'postgres'],
  postgres: ['environment'],
  ledger: ['postgres'],
  operations: ['postgres'],
  runner: forRunner,
  difference: ['environment', 'postgres'],
  scratch: forScratch,
  sources: ['environment', 'postgres', 'scratch'],
  autogenerate: forAutogenerate,
  check: all,
  template: all,
  adopt: [...all, 'check'],
  testing: forAutogenerate,
  verify: all,
  lint: [...all, 'verify'],
  report: [],
}

/** Which rooms of a folder each of its rooms may import from at run time; files on top may import from all of them. */
const roomsMayImport: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  revisions: { files: [], graph: ['files'], planning: ['files', 'graph'] },
  postgres: {
    sql: [],
    connection: ['sql'],
    statement: ['sql'],
    embedded: ['sql', 'connection'],
    fingerprint: ['sql', 'connection'],
  },
  runner: {
    session: [],
    targets: ['session', 'project.ts'],
    applied: ['project.ts'],
    plan: ['session', 'targets', 'applied', 'project.ts'],
    statement: ['session', 'applied', 'project.ts'],
    section: ['session', 'statement'],
    backfill: ['session', 'statement', 'section'],
    run: ['session', 'targets', 'applied', 'plan', 'statement', 'section', 'backfill', 'project.ts'],
    script: ['session', 'targets', 'plan', 'statement', 'backfill', 'run', 'project.ts'],
    stamp: ['session', 'targets', 'applied', 'plan', 'run', 'project.ts'],
    look: ['session', 'targets', 'applied', 'project.ts'],
    tenants: ['session', 'targets', 'applied', 'plan', 'statement', 'run'],
  },
  autogenerate: {
    questions: [],
    search: ['questions'],
    renames: ['questions', 'search'],
    online: ['search'],
    wanted: ['search'],
    base: ['search', 'wanted', 'prove'],
    write: ['questions', 'search', 'online'],
    prove: ['questions', 'search', 'wanted', 'write'],
    tenants: ['questions', 'search', 'wanted', 'write', 'prove'],
  },
}

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

function importsOf(folder: string): readonly Import[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.m?[tj]s$/.test(name),
  )
  return files.flatMap((name) => {
    const from = join(folder, name)
    const text = readFileSync(from, 'utf8')
    return [
      ...text.matchAll(/^(import|export)( type)?\b[^'"]*?\bfrom '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm),
    ].map((match) => ({
      from,
      to: resolve(from, '..', match[3] ?? match[4] ?? ''),
      typeOnly: match[2] !== undefined,
    }))
  })
}

function folderOf(path: string): string {
  const [first = ''] = relative(core, path).split('/')
  return first.includes('.') ? '' : first
}

/** Files that reach themselves through imports, as paths from core. */
function circles(imports: readonly Import[]): readonly string[] {
  const next = new Map<string, string[]>()
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to])
  const reaches = (start: string) => {
    const seen = new Set<string>()
    const open = [...(next.get(start) ?? [])]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      open.push(...(next.get(at) ?? []))
    }
    return seen.has(start)
  }
  return [...next.keys()].filter(reaches).map((path) => relative(core, path))
}

describe('the direction of imports', () => {
  const imports = importsOf(core)

  test('every folder of core has its place in the order', () => {
    const folders = readdirSync(core, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    )
    expect(folders.toSorted()).toEqual(Object.keys(mayImport).toSorted())
  })

  test('a folder of core imports only from those below it', () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const [source, target] = [folderOf(from), folderOf(to)]
      return (
        source !== '' &&
        target !== '' &&
        source !== target &&
        !typeOnly &&
        !mayImport[source]?.includes(target)
      )
    })
    expect(wrong.map(({ from, to }) => `${relative(core, from)} → ${relative(core, to)}`)).toEqual([])
  })

  test('a room of a folder imports only from those below it', () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const [folder = '', source = ''] = relative(core, from).split('/')
      const [other, target = ''] = relative(core, to).split('/')
      const rooms = roomsMayImport[folder]
      if (rooms === undefined || folder !== other || source === target || typeOnly) return false
      return rooms[source] !== undefined && !rooms[source].includes(target)
    })
    expect(wrong.map(({ from, to }) => `${relative(core, from)} → ${relative(core, to)}`)).toEqual([])
    for (const [folder, rooms] of Object.entries(roomsMayImport)) {
      const paths = imports.map(({ from }) => relative(core, from).split('/'))
      const there = new Set(paths.flatMap(([first, room, file]) => (first === folder && file ? [room] : [])))
      expect([...there].toSorted(), folder).toEqual(Object.keys(rooms).toSorted())
    }
  })

  test('no files import each other in a circle, be it for types alone', () => {
    expect(circles(imports)).toEqual([])
  })

  test('core imports nothing from outside itself but package.json', () => {
    const outside = imports.filter(
      ({ to }) => relative(core, to).startsWith('..') && relative(root, to) !== 'package.json',
    )
    expect(outside.map(({ from, to }) => `${relative(core, from)} → ${relative(root, to)}`)).toEqual([])
  })

  /** The code of a core file without its comments, whose examples may print. */
  const codeOf = (name: string) =>
    readFileSync(join(core, name), 'utf8').replace(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, '')
  const files = readdirSync(core, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )

  test('core never prints', () => {
    expect(files.filter((name) => /\bconsole\.|process\.std(out|err)/.test(codeOf(name)))).toEqual([])
  })

  test('core opens every connection in one place, which looks whose session it is', () => {
    const opening = files.filter((name) => /\bnew (pg\.)?(Client|Pool)\(/.test(codeOf(name)))
    expect(opening).toEqual(['postgres/connection/connection.ts'])
  })

  test('core names no schema key of the example', () => {
    expect(files.filter((name) => /rfx_/i.test(codeOf(name)))).toEqual([])
  })
})
