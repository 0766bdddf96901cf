import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { siteSearch } from '../../scripts/docs/search.ts'
import { type SidebarEntry, sidebar, siteLink, sitePages, sitePath } from '../../scripts/docs/site.ts'
import { allPages } from '../support/pages.ts'
import { cleanVariables, repository, temporaryFolder } from '../support/recipes.ts'

const listed = (entries: readonly SidebarEntry[]): readonly string[] =>
  entries.flatMap(({ link, items = [] }) => [...(link === undefined ? [] : [link]), ...listed(items)])

/** The site's search as its box does it; the ids of what is found, best first. */
async function searchOf(index: string): Promise<(typed: string) => readonly string[]> {
  const { default: text } = (await import(index)) as { readonly default: string }
  // VitePress brings it, and searches with it.
  const file = join(repository, 'node_modules', 'minisearch', 'dist', 'es', 'index.js')
  const { default: MiniSearch } = (await import(file)) as {
    readonly default: {
      loadJSON(json: string, options: object): { search(typed: string): readonly { readonly id: string }[] }
    }
  }
  const { options, searchOptions } = siteSearch
  const search = MiniSearch.loadJSON(text, {
    ...{ fields: ['title', 'titles', 'text'], storeFields: ['title', 'titles'], ...options },
    searchOptions: { fuzzy: 0.2, prefix: true, ...searchOptions },
  })
  return (typed) => search.search(typed).map(({ id }) => id)
}

describe('the static site', () => {
  test('has every page, each once in the sidebar', () => {
    expect(sitePages().toSorted()).toEqual(
      allPages()
        .map(({ path }) => path)
        .toSorted(),
    )
    expect(listed(sidebar()).toSorted()).toEqual(
      sitePages()
        .map((page) => `/${sitePath(page).replace(/^index\.md$|\.md$/, '')}`)
        .toSorted(),
    )
  })

  test('leads where the links of GitHub lead', () => {
    const from = (href: string) => siteLink('docs/how-to/squash.md', href)
    expect(from('tenants.md#who-is-meant')).toBe('/how-to/tenants.md#who-is-meant')
    expect(from('../../README.md')).toBe('/index.md')
    expect(from('../README.md#reference')).toBe('/all-pages.md#reference')
    expect(from('../../Makefile')).toBe('/files/Makefile.txt')
    expect(from('../../.env.example')).toBe('/files/env.example.txt')
    expect(from('../../migrations')).toBeUndefined()
    expect(from('#here')).toBe('#here')
    expect(from('https://www.postgresql.org')).toBe('https://www.postgresql.org')
  })

  describe('built', () => {
    let built: Awaited<ReturnType<typeof temporaryFolder>>
    const text = (path: string) => readFileSync(join(built.path, 'site', path), 'utf8')

    // The build ends with an error where a link leads nowhere.
    beforeAll(async () => {
      built = await temporaryFolder()
      const program = join(repository, 'node_modules', 'vitepress', 'bin', 'vitepress.js')
      await execa(
        process.execPath,
        [program, 'build', 'site', '--minify=false', '--outDir', join(built.path, 'site')],
        { cwd: repository, env: cleanVariables(), extendEnv: false },
      )
    }, 180_000)
    afterAll(() => built.remove())

    test('has each page and each file that the pages link to', () => {
      const names = readdirSync(join(built.path, 'site'), { recursive: true, encoding: 'utf8' })
      expect(names).toEqual(
        expect.arrayContaining(sitePages().map((page) => sitePath(page).replace(/md$/, 'html'))),
      )
      expect(text('files/Makefile.txt')).toBe(readFileSync(join(repository, 'Makefile'), 'utf8'))
    })

    test('lets what is wider than a phone scroll in its own place', () => {
      expect(text('reference/commands.html')).not.toContain('<pre><code>')
      expect(text('reference/commands.html')).toContain('just mig-upgrade [target=head]')
    })

    test('loads nothing from elsewhere, and finds codes and words as they are typed', async () => {
      expect(text('index.html')).not.toMatch(/(?:src|href)="https?:\/\/[^"]*\.(?:js|css|woff2?)"/)
      const chunks = join('assets', 'chunks')
      const index = readdirSync(join(built.path, 'site', chunks)).filter((name) =>
        name.startsWith('@localSearchIndex'),
      )
      expect(index).toHaveLength(1)
      const found = await searchOf(join(built.path, 'site', chunks, index[0] ?? ''))
      for (const code of ['MIG-ahead-of-code', 'ahead-of-code'])
        expect(found(code)[0]).toBe('/reference/errors.html#ahead-of-code')
      expect(found('alembic')[0]).toBe('/how-to/from-alembic.html#from-alembic')
      expect(found('drizzle')[0]).toBe('/how-to/from-another-tool.html#drizzle')
    })
  })
})
