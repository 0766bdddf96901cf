import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readmeProjects } from './delivery/readme-projects.ts'
import { applyDiff, blocksOf, runBlock, withoutAccidents, writeBlock } from './support/readme.ts'
import { copyOfRepository, recipe, repository } from './support/recipes.ts'

const page = readFileSync(join(repository, 'README.md'), 'utf8')
const blocks = blocksOf(page)
const isNamed = (name: string) => page.includes(`\`${name}\``)

/**
 * What `.ci/run` does around these tests. Blocks of `sh` that name a project run in that, in test/delivery, where the
 * package is installed; blocks of `bash` need Docker.
 */
const elsewhere = ['npm ci', 'npm test', 'npm run typecheck', 'npm run lint']

describe('the README, read top to bottom on a machine without a database', () => {
  let copy: Awaited<ReturnType<typeof copyOfRepository>>
  const printed = new Map<number, string>()

  beforeAll(async () => {
    copy = await copyOfRepository()
  })
  afterAll(async () => {
    await recipe(['db-reset', '--yes'], { cwd: copy.path })
    await copy.remove()
  })

  for (const [at, block] of blocks.entries()) {
    const title = block.text.split('\n')[0] ?? ''
    if (block.language === 'diff') {
      test(`${block.about} takes the change ${title.trim()}`, () => applyDiff(copy.path, block))
    } else if (block.language === 'sh' && block.about === '') {
      const text = block.text
        .split('\n')
        .filter((line) => !elsewhere.includes(line))
        .join('\n')
      if (text.trim() === '') continue
      // mig-verify runs every revision several times.
      test(`${title} and what follows it run`, { timeout: 180_000 }, async () => {
        printed.set(at, await runBlock(copy.path, text))
      })
    } else if (block.language === 'text' && blocks[at - 1]?.about === '') {
      test(`what block ${at} shows is what is printed`, () => {
        expect(withoutAccidents(printed.get(at - 1) ?? '')).toBe(withoutAccidents(block.text))
      })
    } else if (['ts', 'sql'].includes(block.language) && block.about !== '') {
      test(`${block.about} takes what the page shows`, () => writeBlock(copy.path, block))
    } else if (block.language === 'ts') {
      test('the program of the README migrates a database', async () => {
        const url = (
          await runBlock(copy.path, 'just db-reset --yes &>/dev/null; just db-url 2>/dev/null')
        ).trim()
        writeFileSync(
          join(copy.path, 'program.ts'),
          block.text.replace("'just-mig'", "'./migrations/core/index.ts'"),
        )
        const [outfile, absWorkingDir] = ['program.mjs', copy.path]
        const entryPoints = ['program.ts']
        await build({
          absWorkingDir,
          entryPoints,
          outfile,
          bundle: true,
          platform: 'node',
          format: 'esm',
          packages: 'external',
        })
        await runBlock(copy.path, `DATABASE_URL='${url}' node program.mjs`)
        expect(await runBlock(copy.path, 'just mig-current user --check-heads')).toContain(' head ')
      })
    }
  }
})

describe('the README', () => {
  test('names every recipe', async () => {
    const { stdout } = await recipe(['--summary'])
    expect(stdout.split(' ').filter((name) => !page.includes(`\`${name}`))).toEqual([])
  })

  test('names every variable of .env.example', () => {
    const example = readFileSync(join(repository, '.env.example'), 'utf8')
    const names = [...example.matchAll(/^# (\w+)=/gm)].map(([, name = '']) => name)
    const own = names.filter((name) => !name.startsWith('RFX_'))
    expect(own.length).toBeGreaterThan(5)
    expect(own.filter((name) => !isNamed(name))).toEqual([])
  })

  test('names every option of env.ts', () => {
    const options = readFileSync(join(repository, 'migrations/core/environment/options.ts'), 'utf8')
    const known = /const knownOptions[\s\S]*?= \{\n([\s\S]*?)\n\}/.exec(options)?.[1] ?? ''
    const names = [...known.matchAll(/^ {2}(\w+):/gm)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !isNamed(name))).toEqual([])
  })

  test('explains only errors that there are', () => {
    const sources = ['migrations/core', 'scripts'].flatMap((folder) =>
      readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => readFileSync(join(repository, folder, name), 'utf8')),
    )
    const source = sources.join('\n')
    const table = /^## Troubleshooting\n([\s\S]*?)^## /m.exec(page)?.[1] ?? ''
    const codes = [...table.matchAll(/^\| (`.*?) \| /gm)].flatMap(([, cell = '']) => [
      ...cell.matchAll(/`([\w-]+)`/g),
    ])
    expect(codes.length).toBeGreaterThan(40)
    const unknown = codes.map(([, code = '']) => code).filter((code) => !source.includes(`'${code}'`))
    expect(unknown).toEqual([])
  })

  test('runs every block of sh in a project that there is, and shows in bash only what needs Docker', () => {
    const names = blocks.flatMap(({ language, about }) => (language === 'sh' && about !== '' ? [about] : []))
    expect([...new Set(names)].toSorted()).toEqual(Object.keys(readmeProjects).toSorted())
    const bash = blocks
      .filter(({ language }) => language === 'bash')
      .flatMap(({ text }) => text.trim().split('\n'))
    expect(bash.filter((line) => !line.startsWith('docker '))).toEqual([])
  })

  test('leads from its contents to each of its sections', () => {
    const links = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor)
    const anchors = (heading: RegExp) =>
      [...page.matchAll(heading)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      )
    expect(links.filter((anchor) => !anchors(/^##+ (.*)$/gm).includes(anchor))).toEqual([])
    expect(anchors(/^## (.*)$/gm).filter((section) => !links.includes(section))).toEqual([])
  })

  test('has a reason for every dependency', () => {
    const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Readonly<
      Record<'dependencies' | 'optionalDependencies', Readonly<Record<string, string>> | undefined>
    >
    const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
    expect(names.filter((name) => !isNamed(name))).toEqual([])
  })
})
