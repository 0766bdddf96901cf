import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ExampleProject, exampleProject } from './support/example-project.ts'
import { pageProjects } from './support/page-projects.ts'
import {
  allPages,
  anchorsOf,
  applyDiff,
  type Block,
  linksOf,
  type Page,
  runBlock,
  runHere,
  withoutAccidents,
  writeBlock,
} from './support/pages.ts'
import { recipe, repository } from './support/recipes.ts'

const pages = allPages()
const blocks = pages.flatMap((page) => page.blocks)
const pageAt = (path: string): string => pages.find((page) => page.path === path)?.text ?? ''

/** Pages that are read after another, in the project as that one leaves it; every other page begins with the example at head. */
const after: Readonly<Record<string, string>> = { 'docs/tutorial.md': 'README.md' }

/**
 * What `.ci/run` does around these tests. Blocks of `sh` that name a project run in that, in test/delivery, where the
 * package is installed; blocks of `bash` need Docker.
 */
const elsewhere = ['npm ci', 'npm test', 'npm run typecheck', 'npm run lint']

/** The lines of a block that are run here. */
const linesHere = ({ text }: Block) =>
  text
    .split('\n')
    .filter((line) => !elsewhere.includes(line))
    .join('\n')

const runsHere = (block: Block, { language, about } = block) =>
  (language === 'sh' && about === '' && linesHere(block).trim() !== '') ||
  language === 'diff' ||
  (['ts', 'sql'].includes(language) && about !== '')

describe('the pages, each read from top to bottom on a machine without a database', () => {
  let example: ExampleProject

  beforeAll(async () => {
    example = await exampleProject()
  })
  afterAll(() => example.remove())

  for (const page of pages.filter((each) => each.blocks.some((block) => runsHere(block)))) {
    describe(page.path, () => {
      if (page.path !== 'README.md' && after[page.path] === undefined) beforeAll(() => example.restart())
      readPage(page, () => example)
    })
  }
})

function readPage(page: Page, example: () => ExampleProject): void {
  const printed = new Map<number, string>()
  for (const [at, block] of page.blocks.entries()) {
    const title = block.text.split('\n')[0] ?? ''
    const before = page.blocks[at - 1]
    if (block.language === 'diff') {
      test(`${block.about} takes the change ${title.trim()}`, () => applyDiff(example().path, block))
    } else if (block.language === 'sh' && block.about === '') {
      const text = linesHere(block)
      if (text.trim() === '') continue
      test(`${title} and what follows it run`, { timeout: 180_000 }, async () => {
        printed.set(at, await runHere(example().path, text))
      })
    } else if (block.language === 'text' && before?.language === 'sh' && before.about === '') {
      test(`what block ${at} shows is what is printed`, () => {
        expect(withoutAccidents(printed.get(at - 1) ?? '')).toBe(withoutAccidents(block.text))
      })
    } else if (block.language === 'ts' && block.about === 'program') {
      test('the program migrates an empty database', { timeout: 120_000 }, async () => {
        const url = await example().runProgram(block.text)
        const current = await runBlock(example().path, 'just mig-current user --check-heads', {
          MIG_DATABASE_URL: url,
        })
        expect(current).toContain(' head ')
      })
    } else if (['ts', 'sql'].includes(block.language) && block.about !== '') {
      test(`${block.about} takes what the page shows`, () => writeBlock(example().path, block))
    } else if (block.language === 'console') {
      test('the picture of a session shows what the commands of this page print', () => {
        const [shown, typed] = ['text', 'sh'].map((language) =>
          withoutAccidents(
            page.blocks.flatMap((each) => (each.language === language ? [each.text] : [])).join(''),
          ),
        )
        for (const line of withoutAccidents(block.text).split('\n')) {
          if (line.startsWith('$ ')) expect(typed).toContain(line.slice(2))
          else expect(shown).toContain(line)
        }
      })
    }
  }
}

describe('the pages', () => {
  test('lead to files and headings that there are', () => {
    const broken = pages.flatMap(({ path, text }) =>
      linksOf(text).flatMap((link) => {
        const [file = '', anchor] = link.split('#')
        const target = file === '' ? path : normalize(join(dirname(path), file))
        if (!existsSync(join(repository, target))) return [`${path}: ${link}`]
        if (anchor === undefined || !target.endsWith('.md')) return []
        return anchorsOf(readFileSync(join(repository, target), 'utf8')).includes(anchor)
          ? []
          : [`${path}: ${link}`]
      }),
    )
    expect(broken).toEqual([])
  })

  test('are all in the list of docs/README.md', () => {
    const listed = linksOf(pageAt('docs/README.md')).map((link) => normalize(join('docs', link)))
    const missing = pages.filter(({ path }) => path.startsWith('docs/') && !listed.includes(path))
    expect(missing.map(({ path }) => path)).toEqual(['docs/README.md'])
  })

  test('run every block of sh in a project that there is, and show in bash only what needs Docker', () => {
    const names = blocks.flatMap(({ language, about }) => (language === 'sh' && about !== '' ? [about] : []))
    expect([...new Set(names)].toSorted()).toEqual(Object.keys(pageProjects).toSorted())
    const bash = blocks
      .filter(({ language }) => language === 'bash')
      .flatMap(({ text }) => text.trim().split('\n'))
    expect(bash.filter((line) => !line.startsWith('docker '))).toEqual([])
  })

  test('name every recipe in the README, which has less than 250 lines', async () => {
    const { stdout } = await recipe(['--summary'])
    const readme = pageAt('README.md')
    expect(stdout.split(' ').filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
    expect(readme.trimEnd().split('\n').length).toBeLessThan(250)
  })

  test('have a reason for every dependency', () => {
    const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Readonly<
      Record<'dependencies' | 'optionalDependencies', Readonly<Record<string, string>> | undefined>
    >
    const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
    const reasons = pageAt('docs/explanation/dependencies.md')
    expect(names.filter((name) => !reasons.includes(`\`${name}\``))).toEqual([])
  })
})
