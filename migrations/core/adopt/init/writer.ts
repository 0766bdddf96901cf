import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'

/** Writes the files of a project. */
export interface Writer {
  /** Writes a new file, or again one that it has written. */
  write(path: string, text: string, appends?: boolean): void
  /** Removes a file that was written before. */
  remove(path: string): void
  /** What it has written, as paths below the root. */
  files(): readonly string[]
  undo(): void
}

/** Writes new files, and remembers how to revert everything. */
export function writer(root: string): Writer {
  const before = new Map<string, string | undefined>()
  const folders: string[] = []
  return {
    write(path, text, appends = false) {
      const isOwn = before.has(path)
      if (!isOwn) before.set(path, appends ? readFileSync(path, 'utf8') : undefined)
      const made = mkdirSync(dirname(path), { recursive: true })
      if (made !== undefined) folders.push(made)
      writeFileSync(path, text, { flag: appends || isOwn ? 'w' : 'wx' })
    },
    remove(path) {
      rmSync(path)
      before.delete(path)
      const folder = dirname(path)
      if (folders.includes(folder) && readdirSync(folder).length === 0) rmdirSync(folder)
    },
    files: () => [...before.keys()].map((path) => relative(root, path)),
    undo() {
      for (const [path, text] of before) {
        if (text === undefined) rmSync(path, { force: true })
        else writeFileSync(path, text)
      }
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    },
  }
}
