import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { MigError } from '../errors.ts'
import { readSource } from '../source-file.ts'

/** Whether a path stays inside a folder, links followed. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(real(folder), real(path))
  return way !== '..' && !/^\.\.[\\/]/.test(way) && !isAbsolute(way)
}

/**
 * Refuses a file or folder outside of what the user gave to import: a journal, a setting or a link may name any file
 * of this machine, whose text would then stand in a revision.
 * @param namedBy the file that names it, or the path itself for a link
 * @throws MigError `outside-folder`
 */
export function checkInside(folder: string, path: string, namedBy: string): void {
  if (isInside(folder, path)) return
  const what = namedBy === path ? `${path} is a link to a file` : `${namedBy} names ${path}, which is`
  throw new MigError('outside-folder', `${what} outside the given folder, ${folder}`, {
    help: 'copy it into that folder, or give the folder that contains both',
    place: { file: namedBy },
  })
}

/** The text of a file inside of a folder. @throws MigError `outside-folder`, `not-a-file` */
export function readInside(folder: string, path: string): string {
  checkInside(folder, path, path)
  return readSource(path)
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path)
}

/** A folder and those above it, the nearest first. */
export function upwards(folder: string): readonly string[] {
  const above = dirname(folder)
  return above === folder ? [folder] : [folder, ...upwards(above)]
}

const built = /^(node_modules|dist|build|coverage|venv|env|site-packages|__pycache__|\..*)$/
const deepest = 6

/**
 * What is no folder in a folder and in those below it, as paths from it with `/` between, in the order of their names.
 * @param passed the names of folders that are not looked into; those of packages and of what is built
 */
export function filesBelow(folder: string, passed = built, below: readonly string[] = []): readonly string[] {
  return readdirSync(join(folder, ...below), { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = [...below, entry.name]
      if (!entry.isDirectory()) return [path.join('/')]
      return passed.test(entry.name) || path.length > deepest ? [] : filesBelow(folder, passed, path)
    })
}
