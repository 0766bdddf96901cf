import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Loader, Plugin } from 'esbuild'

const loaders: Readonly<Record<string, Loader>> = { ts: 'ts', mts: 'ts', cts: 'ts', tsx: 'tsx', jsx: 'jsx' }

/** An esbuild plugin after which each module still knows where it stands: `import.meta.url`, `__dirname` and the like. */
export const ownPlace: Plugin = {
  name: 'own-place',
  setup(build) {
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!/\bimport\.meta\b|\b__(dir|file)name\b/.test(text)) return undefined
      const ending = /\.(\w+)$/.exec(path)?.[1] ?? ''
      return { contents: placed(text, path), loader: loaders[ending] ?? 'js' }
    })
  },
}

/** The text with what it asks for in place, on the same lines. */
function placed(text: string, path: string): string {
  const url = JSON.stringify(pathToFileURL(path).href)
  const [file, folder] = [JSON.stringify(path), JSON.stringify(dirname(path))]
  const body = text
    .replace(/\bimport\.meta\.url\b/g, url)
    .replace(/\bimport\.meta\.filename\b/g, file)
    .replace(/\bimport\.meta\.dirname\b/g, folder)
  if (text.startsWith('#!')) return body
  // A module that works them out itself declares them itself.
  const missing = [
    ['__dirname', folder],
    ['__filename', file],
  ].filter(
    ([name = '']) =>
      new RegExp(`\\b${name}\\b`).test(text) &&
      !new RegExp(`\\b(?:const|let|var)\\s[^;=]{0,500}\\b${name}\\b`).test(text),
  )
  return missing.map(([name, value]) => `var ${name} = ${value}; `).join('') + body
}
