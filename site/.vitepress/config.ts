// npm run docs: the pages that GitHub shows as a static site, in site/.vitepress/dist.
import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { anchorOf } from '../../scripts/docs/markdown.ts'
import { siteSearch } from '../../scripts/docs/search.ts'
import { linkedFiles, sidebar, sitePages, sitePath, siteRule } from '../../scripts/docs/site.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

export default defineConfig({
  title: 'just-mig',
  description: 'PostgreSQL migrations for TypeScript projects',
  lang: 'en',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: '..',
  srcExclude: ['{.github,.mig,migrations,scripts,site,test}/**'],
  rewrites: Object.fromEntries(sitePages().map((page) => [page, sitePath(page)])),
  markdown: {
    anchor: { slugify: anchorOf },
    config(md) {
      md.core.ruler.push('site', siteRule)
    },
  },
  themeConfig: {
    sidebar: sidebar(),
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        miniSearch: siteSearch,
      },
    },
    docFooter: { prev: 'Previous', next: 'Next' },
  },
  async buildEnd({ outDir }) {
    for (const [link, file] of linkedFiles()) {
      const copy = join(outDir, link)
      await mkdir(dirname(copy), { recursive: true })
      await copyFile(join(repository, file), copy)
    }
  },
})
