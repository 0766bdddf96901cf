import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { errorCode } from '../../errors.ts'

/**
 * What a result was made from: it may be used again only while all of it is as it was. Files and folders go by path,
 * environment variables by name.
 */
export interface Inputs {
  readonly files: Readonly<Record<string, SeenFile>>
  /** The names in a folder that a module could be found under. */
  readonly folders: Readonly<Record<string, string>>
  /** A hash of each value; that of a variable which is not set is empty. */
  readonly variables: Readonly<Record<string, string>>
}

interface SeenFile {
  /** Equal only while nobody has written to the file. */
  readonly stamp: string
  /** Of the content; empty where the file is missing. */
  readonly hash: string
}

/** The inputs, as they are now. */
export function seenInputs(paths: {
  readonly files: Iterable<string>
  readonly folders?: Iterable<string>
  readonly variables?: Iterable<string>
}): Inputs {
  const entries = <Value>(names: Iterable<string>, read: (name: string) => Value) =>
    Object.fromEntries([...new Set(names)].sort().map((name) => [name, read(name)]))
  return {
    files: entries(paths.files, (path) => ({ stamp: stampOf(path), hash: contentHash(path) })),
    folders: entries(paths.folders ?? [], namesHash),
    variables: entries(paths.variables ?? [], variableHash),
  }
}

/** Whether every input is as it was: a file whose stamp is another may still have the same content. */
export function areUnchanged({ files, folders, variables }: Inputs): boolean {
  return (
    Object.entries(variables).every(([name, hash]) => variableHash(name) === hash) &&
    Object.entries(files).every(
      ([path, { stamp, hash }]) => stampOf(path) === stamp || contentHash(path) === hash,
    ) &&
    Object.entries(folders).every(([path, hash]) => namesHash(path) === hash)
  )
}

/** Whether any of it may have changed at or after a moment, by the clock of the file system. */
export function changedSince({ files, folders }: Inputs, moment: number): boolean {
  return [...Object.keys(files), ...Object.keys(folders)].some((path) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat !== undefined && Math.max(stat.mtimeMs, stat.ctimeMs) >= moment
  })
}

/** The inputs of several results. */
export function mergedInputs(all: readonly Inputs[]): Inputs {
  return {
    files: Object.assign({}, ...all.map(({ files }) => files)) as Inputs['files'],
    folders: Object.assign({}, ...all.map(({ folders }) => folders)) as Inputs['folders'],
    variables: Object.assign({}, ...all.map(({ variables }) => variables)) as Inputs['variables'],
  }
}

/** What reading all variables at once is recorded as. */
export const everyVariable = '*'

/** Variables that differ between two commands of one shell. */
const ofTheShell = new Set(['_', 'SHLVL', 'OLDPWD', 'COLUMNS', 'LINES'])

function variableHash(name: string): string {
  if (name !== everyVariable) {
    const value = process.env[name]
    return value === undefined ? '' : digest(value)
  }
  const all = Object.entries(process.env).filter(([each]) => !ofTheShell.has(each))
  return digest(JSON.stringify(all.sort(([one], [other]) => (one < other ? -1 : 1))))
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? 'missing' : `${stat.size} ${stat.ino} ${stat.mtimeMs} ${stat.ctimeMs}`
}

function contentHash(path: string): string {
  try {
    return digest(readFileSync(path))
  } catch (error) {
    // Of a folder, which a module may have listed, the names are its content.
    if (errorCode(error) === 'EISDIR') return allNamesHash(path)
    if (isUnreadable(error)) return ''
    throw error
  }
}

/** Only names that a module, a package or a folder can have: logs and dot files come and go. */
function namesHash(path: string): string {
  try {
    const names = readdirSync(path).filter((name) => /^[^.][^.]*$|\.([cm]?[jt]sx?|json|sql)$/.test(name))
    return digest(names.sort().join('\0'))
  } catch (error) {
    if (isUnreadable(error)) return ''
    throw error
  }
}

function allNamesHash(path: string): string {
  return digest(readdirSync(path).sort().join('\0'))
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}

/** Not there, not a file, or not for this user. */
function isUnreadable(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'ELOOP'].includes(errorCode(error))
}
