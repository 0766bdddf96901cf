import { readFileSync } from 'node:fs'
import type { Client, ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import type { Project } from '../runner/index.ts'
import {
  type LiveExtension,
  makeExtensions,
  makesExtension,
  mentionedExtensions,
  readExtensions,
} from '../scratch/surroundings/extensions.ts'
import type { Catalog, Scope } from './engine/index.ts'
import { makeExcluded, refersToExcluded } from './excluded-objects.ts'
import type { ModelFile } from './models/index.ts'

/**
 * What models and revisions refer to and others own, as a live database has it: extensions, and objects that the
 * environment excludes. It is made on scratch databases first, and never compared.
 */
export interface Surroundings {
  /** Whether the live database has any extension. */
  readonly hasExtensions: boolean
  /** Before models are loaded: the extensions that they use, or name without a schema. */
  readonly ofModels: (client: ClientBase, files: readonly ModelFile[]) => Promise<void>
  /** Excluded objects, which mostly nothing refers to; missing where the environment excludes nothing. */
  readonly excluded?: (client: Client) => Promise<void>
  /** Before revisions are run: the extensions in use that they do not make. */
  readonly ofHistory: (client: ClientBase, texts: readonly string[]) => Promise<void>
  /** At the base state: what the wanted state has of them. */
  readonly ofWanted: (client: Client, wanted: Catalog) => Promise<void>
}

/** Reads the surroundings of a live database. */
export async function liveSurroundings(
  live: ClientBase,
  compared: Pick<Scope, 'schemas' | 'excludes'> & { readonly excludesAny: boolean },
): Promise<Surroundings> {
  const extensions = await readExtensions(live)
  const excluded = (client: Client) => makeExcluded(client, live, compared)
  return {
    hasExtensions: extensions.length > 0,
    ...(compared.excludesAny ? { excluded } : {}),
    ofModels: (client, files) => {
      const statements = files.flatMap((file) => file.statements.map(({ sql }) => sql))
      const placed = ({ name }: LiveExtension) =>
        statements.some((sql) => makesExtension(sql, name) && /\bschema\b/i.test(sql))
      return makeExtensions(
        client,
        mentionedExtensions(extensions, statements).filter((extension) => !placed(extension)),
      )
    },
    ofHistory: (client, texts) =>
      makeExtensions(
        client,
        extensions.filter(({ name, isUsed }) => isUsed && !texts.some((text) => makesExtension(text, name))),
      ),
    ofWanted: async (client, wanted) => {
      await makeExtensions(
        client,
        extensions.filter(({ name }) => wanted.facts.has({ kind: 'extension', name })),
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
  if (surroundings === undefined || !surroundings.hasExtensions) return
  await surroundings.ofHistory(
    client,
    [...files.values()].map(({ path }) => readFileSync(path, 'utf8')),
  )
}

/**
 * Runs revisions on a scratch database; where one fails, again with the excluded objects, which it may refer to. A run
 * goes on where the one before has stopped.
 */
export async function runSurrounded(
  client: Client,
  surroundings: Surroundings | undefined,
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
