import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { closedFolder, ownersBeside } from '../../environment/own-folder.mjs'
import { resetEmbeddedServer } from '../../postgres/embedded/embedded.ts'
import { processExists } from '../../process-group.ts'

/** A folder below `.mig/` for files that are not proved yet, and for a recording. */
export interface DraftFolder {
  readonly path: string
  discard(): void
}

/**
 * Makes a draft folder, and removes those that an import left which was killed: the name says on which machine and by
 * which process it was made. What another machine made is not known to be dead, and stays.
 */
export async function draftFolder({ root, cacheDir }: Environment): Promise<DraftFolder> {
  // Where others can write to `.mig`, they could replace what is proved there.
  const base = closedFolder(root, ['.mig'], ownersBeside(root)) ?? cacheDir
  mkdirSync(base, { recursive: true })
  const prefix = `import-${machine()}-`
  for (const name of readdirSync(base)) {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined
    if (pid === undefined || processExists(Number(pid))) continue
    // A recording's server may still run there.
    await resetEmbeddedServer(join(base, name), () => undefined)
    rmSync(join(base, name), { recursive: true, force: true })
  }
  const path = mkdtempSync(join(base, `${prefix}${process.pid}-`))
  // A recording's server may run as another user, who finds its data below and can list nothing here.
  chmodSync(path, 0o711)
  return { path, discard: () => rmSync(path, { recursive: true, force: true }) }
}

function machine(): string {
  return hostname().replace(/[^A-Za-z0-9.]/g, '_')
}
