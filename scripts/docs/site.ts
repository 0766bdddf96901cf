import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** A page in the sidebar, or a group of them. */
export interface SidebarEntry {
  readonly text: string
  readonly link?: string
  readonly collapsed?: boolean
  readonly items?: SidebarEntry[]
}

/** The pages of the static site, as paths in the repository. */
export function sitePages(): readonly string[] {
  const below = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .toSorted()
  return ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...below]
}

/** Where a page of the repository is on the site: the README in front, docs/ without its folder. */
export function sitePath(page: string): string {
  if (page === 'README.md') return 'index.md'
  return page === 'docs/README.md' ? 'all-pages.md' : page.replace(/^docs\//, '')
}

/** The sidebar: the groups of docs/README.md with their pages as they are there, and the pages of the root around them. */
export function sidebar(): SidebarEntry[] {
  const [start = '', ...parts] = readFileSync(join(repository, 'docs', 'README.md'), 'utf8').split(/^## /m)
  const groups = parts.map((part) => ({
    text: part.split('\n', 1)[0] ?? '',
    items: linkedFrom('docs/README.md', part).map(entryOf),
  }))
  return [
    { text: 'Start', items: [...linkedFrom('docs/README.md', start), 'docs/README.md'].map(entryOf) },
    ...groups,
    { text: 'Project', items: ['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'].map(entryOf) },
  ]
}

const linkedFrom = (page: string, text: string): readonly string[] =>
  [...text.matchAll(/\]\(([^)#\s]+\.md)\)/g)].map(([, link = '']) => posix.join(dirname(page), link))

function entryOf(page: string): SidebarEntry {
  const [, title = page] = /^# (.*)$/m.exec(readFileSync(join(repository, page), 'utf8')) ?? []
  return { text: title, link: `/${sitePath(page).replace(/index\.md$|\.md$/, '')}` }
}

/**
 * Where a link of a page leads on the site, written as it works at GitHub: relative, to a page, or to any other file of
 * the repository, which the site has as text below `files/`.
 * @param page the page's path in the repository
 * @returns undefined for what the site has not: a folder
 */
export function siteLink(page: string, href: string): string | undefined {
  if (/^[a-z]+:|^#|^\//.test(href)) return href
  const [path = '', anchor] = href.split('#')
  const target = posix.join(dirname(page), path)
  if (target.endsWith('.md')) return `/${sitePath(target)}${anchor === undefined ? '' : `#${anchor}`}`
  const file = join(repository, target)
  if (!existsSync(file) || !statSync(file).isFile()) return undefined
  // Some hosts leave out what begins with a dot.
  return `/files/${target.replace(/(?<=^|\/)\./g, '')}.txt`
}

/** The files besides pages that the pages link to: their place on the site → their path in the repository. */
export function linkedFiles(): ReadonlyMap<string, string> {
  return new Map(
    sitePages().flatMap((page) =>
      [...readFileSync(join(repository, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].flatMap(
        ([, href = '']) => {
          const link = siteLink(page, href)
          return link?.startsWith('/files/') ? [[link, posix.join(dirname(page), href)] as const] : []
        },
      ),
    ),
  )
}

/** What markdown-it makes of a link, as far as it is used here. */
interface LinkToken {
  readonly type: string
  attrs: unknown
  attrGet(name: string): string | null
  attrSet(name: string, value: string): void
}

/**
 * A rule of markdown-it. Each link of a page leads where its page is on the site; what leads to a folder is text. A block
 * that is indented is shown as a fenced one, which scrolls where it is wider than the screen.
 */
export function siteRule(state: {
  readonly tokens: readonly { type: string; info: string; readonly children: readonly LinkToken[] | null }[]
  readonly env: { readonly path: string; readonly realPath?: string }
}): void {
  const page = relative(repository, state.env.realPath ?? state.env.path).replaceAll('\\', '/')
  for (const token of state.tokens)
    if (token.type === 'code_block') {
      token.type = 'fence'
      token.info = 'text'
    }
  const links = state.tokens.flatMap(({ children }) =>
    (children ?? []).filter(({ type }) => type === 'link_open'),
  )
  for (const token of links) {
    const link = siteLink(page, token.attrGet('href') ?? '')
    if (link === undefined) token.attrs = []
    else token.attrSet('href', link)
  }
}
