import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const core = join(root, 'migrations', 'core')

const forRunner = ['environment', 'revisions', 'ledger', 'operations', 'postgres']
const forAutogenerate = [...forRunner, 'runner', 'scratch', 'sources']

/** Which folders of core each folder may import from at run time; the root files are open to all. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  environment: [],
  revisions: ['environment'],
  postgres: ['environment'],
  ledger: ['postgres'],
  operations: ['postgres'],
  runner: forRunner,
  scratch: ['environment', 'revisions', 'postgres'],
  sources: ['environment', 'postgres', 'scratch'],
  autogenerate: forAutogenerate,
  adopt: [...forAutogenerate, 'autogenerate'],
  verify: [...forAutogenerate, 'autogenerate'],
  lint: [...forAutogenerate, 'autogenerate', 'verify'],
  report: [],
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
    expect(opening).toEqual(['postgres/connection.ts'])
  })

  test('core names no schema key of the example', () => {
    expect(files.filter((name) => /rfx_/i.test(codeOf(name)))).toEqual([])
  })
})
