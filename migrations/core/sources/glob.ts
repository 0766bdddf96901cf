import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MigError } from '../errors.ts'
import { anyItem, inPieces, type WildcardItem } from '../wildcard.ts'

/**
 * The files that a glob names, in the order of their names: `*` and `?` inside of a name, `**` for any folders,
 * `{a,b}` and `[ab]`. Packages that are installed and dot folders are not looked at.
 * @throws MigError `bad-setting` where its braces stand for more than a thousand globs
 */
export function globFiles(glob: string, base: string): readonly string[] {
  const parts = glob.split('/')
  const magic = parts.findIndex((part) => /[*?[\]{}]/.test(part))
  const top = resolve(base, parts.slice(0, magic).join('/') || (glob.startsWith('/') ? '/' : '.'))
  if (statSync(top, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  const tests = withoutBraces(parts.slice(magic).join('/')).map(pathTest)
  return below(top, '')
    .filter((name) => {
      const path = name.split('/')
      return tests.some((test) => test(path))
    })
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

/** How many globs the braces of one may stand for. */
const mostAlternatives = 1000

const longestBraces = 4000

/** The globs that one with braces stands for; a brace that is not closed is itself. */
function withoutBraces(glob: string): readonly string[] {
  const done: string[] = []
  const open = [glob]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const braces = firstBraces(next)
    if (braces === undefined) {
      done.push(next)
      continue
    }
    open.push(...braces.toReversed())
    if (open.length + done.length > mostAlternatives || next.length > longestBraces) {
      throw new MigError(
        'bad-setting',
        `the braces of the glob ${glob.slice(0, 100)} expand to too many names`,
        {
          help: 'write the folder with **, or list the files',
        },
      )
    }
  }
  return done
}

function firstBraces(glob: string): readonly string[] | undefined {
  const start = glob.indexOf('{')
  if (start === -1) return undefined
  const cuts = [start]
  let depth = 0
  for (let at = start; at < glob.length; at += 1) {
    if (glob[at] === '{') depth += 1
    else if (glob[at] === ',' && depth === 1) cuts.push(at)
    else if (glob[at] === '}') depth -= 1
    if (depth > 0) continue
    const [before, after] = [glob.slice(0, start), glob.slice(at + 1)]
    return cuts.map((cut, index) => before + glob.slice(cut + 1, cuts[index + 1] ?? at) + after)
  }
  return undefined
}

/** Tests a path, by its names. */
function pathTest(glob: string): (path: readonly string[]) => boolean {
  const pieces: WildcardItem[][] = [[]]
  const names = glob.replace(/(^|\/)\*\*(?=[^/*])/g, '$1**/*').split('/')
  names.forEach((name, at) => {
    if (name === '**') pieces.push(at === names.length - 1 ? [anyItem] : [])
    else pieces.at(-1)?.push(nameTest(name))
  })
  return inPieces(pieces)
}

function nameTest(glob: string): WildcardItem {
  const pieces: WildcardItem[][] = [[]]
  for (const [part] of glob.matchAll(/\*+|\[[^\]]{0,200}\]|[\s\S]/gu)) {
    if (part.startsWith('*')) pieces.push([])
    else pieces.at(-1)?.push(tokenOf(part))
  }
  const matches = inPieces(pieces)
  return (name) => matches([...name])
}

function tokenOf(part: string): WildcardItem {
  if (part === '?') return anyItem
  if (part.length < 3 || !part.startsWith('[')) return part
  const set = new RegExp(`^${part.replace(/^\[!/, '[^')}$`, 'su')
  return (char) => set.test(char)
}
