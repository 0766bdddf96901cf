import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SidebarEntry, sidebar, siteLink, sitePages, sitePath } from '../../scripts/docs/site.ts'
import { allPages } from '../support/pages.ts'
import { cleanVariables, repository, temporaryFolder } from '../support/recipes.ts'

const listed = (entries: readonly SidebarEntry[]): readonly string[] =>
  entries.flatMap(({ link, items = [] }) => [...(link === undefined ? [] : [link]), ...listed(items)])

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

    test('loads nothing from elsewhere, and finds codes as they are typed', () => {
      expect(text('index.html')).not.toMatch(/(?:src|href)="https?:\/\/[^"]*\.(?:js|css|woff2?)"/)
      const chunks = join('assets', 'chunks')
      const index = readdirSync(join(built.path, 'site', chunks)).filter((name) =>
        name.startsWith('@localSearchIndex'),
      )
      expect(index).toHaveLength(1)
      expect(text(join(chunks, index[0] ?? ''))).toContain('ahead-of-code')
    })
  })
})
