import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * The files that a glob names, in the order of their names: `*` and `?` inside of a name, `**` for any folders,
 * `{a,b}` and `[ab]`. Packages that are installed and dot folders are not looked at.
 */
export function globFiles(glob: string, base: string): readonly string[] {
  const parts = glob.split('/')
  const magic = parts.findIndex((part) => /[*?[\]{}]/.test(part))
  const top = resolve(base, parts.slice(0, magic).join('/') || (glob.startsWith('/') ? '/' : '.'))
  if (statSync(top, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  const pattern = new RegExp(`^${expression(parts.slice(magic).join('/'))}$`)
  return below(top, '')
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(top, ...name.split('/')))
}

function below(top: string, inside: string): readonly string[] {
  return readdirSync(join(top, ...inside.split('/')), { withFileTypes: true }).flatMap((entry) => {
    const name = inside === '' ? entry.name : `${inside}/${entry.name}`
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return []
    const isFolder = entry.isSymbolicLink() ? false : entry.isDirectory()
    return isFolder ? below(top, name) : [name]
  })
}

function expression(glob: string): string {
  let depth = 0
  return glob.replace(/\*\*\/|\*\*|\*|\?|\[[^\]]{0,200}\]|[{},]|[.+^$()|\\/]/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.startsWith('[')) return part.replace(/^\[!/, '[^')
    if (part === '{') {
      depth += 1
      return '(?:'
    }
    if (part === '}' && depth > 0) {
      depth -= 1
      return ')'
    }
    if (part === ',') return depth > 0 ? '|' : ','
    return `\\${part}`
  })
}
