import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, relative, sep } from 'node:path'

export interface Writer {
  /** Writes a new file, or again one that it has written. */
  write(path: string, text: string, appends?: boolean): void
  remove(path: string): void
  /** What it has written, as paths below the root. */
  files(): readonly string[]
  undo(): void
}

/** Writes new files, and remembers how to revert everything. */
export function writer(root: string): Writer {
  const before = new Map<string, string | undefined>()
  const folders: string[] = []
  // A folder of ours may hold files of others by now.
  const removeEmpty = (folder: string): void => {
    const isOurs = folders.some((made) => folder === made || folder.startsWith(made + sep))
    if (!isOurs || !existsSync(folder) || readdirSync(folder).length > 0) return
    rmdirSync(folder)
    removeEmpty(dirname(folder))
  }
  return {
    write(path, text, appends = false) {
      const isOwn = before.has(path)
      const old = appends ? readFileSync(path, 'utf8') : undefined
      const made = mkdirSync(dirname(path), { recursive: true })
      if (made !== undefined) folders.push(made)
      const file = openSync(path, appends || isOwn ? 'w' : 'wx')
      try {
        // From here on the file is ours to remove; one that was there already is not.
        if (!isOwn) before.set(path, old)
        writeFileSync(file, text)
      } finally {
        closeSync(file)
      }
    },
    remove(path) {
      rmSync(path)
      before.delete(path)
      removeEmpty(dirname(path))
    },
    files: () => [...before.keys()].map((path) => relative(root, path)),
    undo() {
      for (const [path, text] of before) {
        if (text === undefined) rmSync(path, { force: true })
        else writeFileSync(path, text)
      }
      for (const path of before.keys()) removeEmpty(dirname(path))
    },
  }
}
