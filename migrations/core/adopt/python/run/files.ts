import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { isInside } from '../../inside.ts'
import { callable, type Py, type PyArguments, type PyObject, plain, Raised, Unfollowed } from './objects.ts'

/** @param readable the folder whose files may be read */
type Body = (given: PyArguments, readable: string | undefined) => Py

/** What a path or a text names, from the folder of no one: a path that is not whole cannot be known. */
function pathOf(value: Py | undefined, line: number): string {
  const text = plain(value)
  if (text !== undefined) return text
  if (typeof value === 'object' && value?.kind === 'object' && value.type === 'path') return value.path ?? ''
  throw new Unfollowed('a path', line)
}

/** The text of a file that a revision reads beside itself. */
function readText(path: string, readable: string | undefined, line: number): string {
  checkReadable(path, readable, line)
  if (!existsSync(path)) throw new Raised('FileNotFoundError', path)
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
}

/** A revision could name any file of this machine, whose text would then stand in ours. */
function checkReadable(path: string, readable: string | undefined, line: number): void {
  // Python would look from where Alembic is run.
  if (!isAbsolute(path)) throw new Unfollowed(`the file ${path}, from where Alembic runs`, line)
  if (readable === undefined || !isInside(readable, path))
    throw new Unfollowed(`the file ${path}, outside of the folder that was given`, line)
}

function isThere(path: string, readable: string | undefined, line: number): boolean {
  checkReadable(path, readable, line)
  return existsSync(path)
}

/** `pathlib.Path(…)` */
function pathObject(path: string, readable: string | undefined): PyObject {
  return {
    kind: 'object',
    type: 'path',
    path,
    async get(name) {
      if (name === 'parent') return pathObject(dirname(path), readable)
      if (name === 'name') return basename(path)
      if (name === 'stem') return basename(path, extname(path))
      if (name === 'resolve' || name === 'absolute')
        return callable(name, ({ line }) => {
          if (!isAbsolute(path)) throw new Unfollowed(`the path ${path}, from where Alembic runs`, line)
          return pathObject(resolve(path), readable)
        })
      if (name === 'joinpath')
        return callable(name, ({ positional, line }) =>
          pathObject(join(path, ...positional.map((part) => pathOf(part, line))), readable),
        )
      if (name === 'with_suffix')
        return callable(name, ({ positional, line }) =>
          pathObject(
            join(dirname(path), basename(path, extname(path)) + pathOf(positional[0], line)),
            readable,
          ),
        )
      if (name === 'exists' || name === 'is_file')
        return callable(name, ({ line }) => isThere(path, readable, line))
      if (name === 'read_text') return callable(name, ({ line }) => readText(path, readable, line))
      if (name === 'open') return callable(name, ({ line }) => fileObject(path, readable, line))
      return undefined
    },
    divided: (by, line) => pathObject(join(path, pathOf(by, line)), readable),
  }
}

function fileObject(path: string, readable: string | undefined, line: number): PyObject {
  const text = readText(path, readable, line)
  return {
    kind: 'object',
    type: 'file',
    async get(name) {
      if (name === 'read') return callable(name, () => text)
      if (name === 'close') return callable(name, () => null)
      return undefined
    },
    items: async () => text.match(/[^\n]*\n|[^\n]+$/g) ?? [],
  }
}

/** Functions of Python's own that read files and take paths apart. */
export const fileFunctions: Readonly<Record<string, Body>> = {
  'builtins.open': ({ positional, line }, readable) => {
    const mode = plain(positional[1]) ?? 'r'
    if (mode !== 'r' && mode !== 'rt') throw new Unfollowed(`open(…, '${mode}')`, line)
    return fileObject(pathOf(positional[0], line), readable, line)
  },
  'pathlib.Path': ({ positional, line }, readable) =>
    pathObject(
      join(...(positional.length === 0 ? ['.'] : positional.map((part) => pathOf(part, line)))),
      readable,
    ),
  'os.path.dirname': ({ positional, line }) => dirname(pathOf(positional[0], line)),
  'os.path.basename': ({ positional, line }) => basename(pathOf(positional[0], line)),
  'os.path.join': ({ positional, line }) => join(...positional.map((part) => pathOf(part, line))),
  'os.path.exists': ({ positional, line }, readable) => isThere(pathOf(positional[0], line), readable, line),
  'os.path.abspath': ({ positional, line }) => whole(pathOf(positional[0], line), line),
  'os.path.realpath': ({ positional, line }) => whole(pathOf(positional[0], line), line),
}

function whole(path: string, line: number): string {
  if (!isAbsolute(path)) throw new Unfollowed(`the path ${path}, from where Alembic runs`, line)
  return resolve(path)
}
