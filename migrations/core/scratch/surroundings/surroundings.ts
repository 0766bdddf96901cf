import { readFileSync } from 'node:fs'
import type { Client, ClientBase } from 'pg'
import type { Catalog, Scope } from '../../difference/index.ts'
import { MigError } from '../../errors.ts'
import type { Project } from '../../runner/index.ts'
import type { ModelFile } from '../../sources/index.ts'
import { expectTrustedLive } from '../trust-live.ts'
import { makeExcluded, refersToExcluded } from './excluded-objects.ts'
import {
  type LiveExtension,
  makeExtensions,
  makesExtension,
  mentionedExtensions,
  readExtensions,
} from './extensions.ts'

/**
 * What models and revisions refer to and others own, as a live database has it: extensions, and objects that the
 * environment excludes. It is made on scratch databases first, and never compared.
 */
export interface Surroundings {
  /** Before models are loaded: the extensions that they use, or name without a schema. */
  readonly ofModels: (client: ClientBase, files: readonly ModelFile[]) => Promise<void>
  /** Excluded objects, which mostly nothing refers to; missing where the environment excludes nothing. */
  readonly excluded?: (client: Client) => Promise<void>
  /** Before revisions are run: the extensions in use that they do not make. */
  readonly ofHistory: (client: ClientBase, texts: () => readonly string[]) => Promise<void>
  /** At the base state: what the wanted state has of them. */
  readonly ofWanted: (client: Client, wanted: Catalog) => Promise<void>
}

/** Hands a connection to the live database to `body`. */
export type OnLive = <Result>(body: (live: ClientBase) => Promise<Result>) => Promise<Result>

/** The surroundings of a live database, which is read when they are needed first. */
export function liveSurroundings(
  onLive: OnLive,
  compared: Pick<Scope, 'schemas' | 'excludes'> & {
    readonly excludesAny: boolean
    readonly trustLive: boolean
  },
): Surroundings {
  let read: Promise<readonly LiveExtension[]> | undefined
  const extensionsOf = () => {
    read ??= onLive(readExtensions)
    return read
  }
  const excluded = async (client: Client) => {
    await expectTrustedLive(client, onLive, compared)
    await onLive((live) => makeExcluded(client, live, compared))
  }
  return {
    ...(compared.excludesAny ? { excluded } : {}),
    ofModels: async (client, files) => {
      const extensions = await extensionsOf()
      if (extensions.length === 0) return
      const statements = files.flatMap((file) => file.statements.map(({ sql }) => sql))
      const placed = ({ name }: LiveExtension) =>
        statements.some((sql) => makesExtension(sql, name) && /\bschema\b/i.test(sql))
      await makeExtensions(
        client,
        mentionedExtensions(extensions, statements).filter((extension) => !placed(extension)),
      )
    },
    ofHistory: async (client, texts) => {
      const used = (await extensionsOf()).filter(({ isUsed }) => isUsed)
      if (used.length === 0) return
      const history = texts()
      await makeExtensions(
        client,
        used.filter(({ name }) => !history.some((text) => makesExtension(text, name))),
      )
    },
    ofWanted: async (client, wanted) => {
      await makeExtensions(
        client,
        (await extensionsOf()).filter(({ name }) => wanted.facts.has({ kind: 'extension', name })),
      )
      if (compared.excludesAny && refersToExcluded(wanted, compared)) await excluded(client)
    },
  }
}

/** Makes on an empty scratch database what the revisions of a project refer to and do not make. */
export async function surroundHistory(
  client: Client,
  { files }: Pick<Project, 'files'>,
  surroundings: Surroundings | undefined,
): Promise<void> {
  await surroundings?.ofHistory(client, () =>
    [...files.values()].map(({ path }) => readFileSync(path, 'utf8')),
  )
}

/**
 * Runs revisions on a scratch database; where one fails, again with the excluded objects, which it may refer to. A run
 * goes on where the one before has stopped.
 */
export async function runSurrounded(
  client: Client,
  surroundings: Pick<Surroundings, 'excluded'> | undefined,
  run: () => Promise<void>,
): Promise<void> {
  const excluded = surroundings?.excluded
  try {
    await run()
  } catch (error) {
    if (excluded === undefined || !(error instanceof MigError)) throw error
    await excluded(client)
    await run()
  }
}
