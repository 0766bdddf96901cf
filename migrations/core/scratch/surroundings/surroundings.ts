import type { Client, ClientBase } from 'pg'
import type { Catalog } from '../../difference/index.ts'
import { type Environment, excludesAny, listed } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { madeName } from '../../postgres/index.ts'
import type { Project } from '../../runner/index.ts'
import { readSource } from '../../source-file.ts'
import type { ModelFile } from '../../sources/index.ts'
import { scratchExcludes } from '../excludes.ts'
import { expectTrustedLive } from '../trust-live.ts'
import { makeExcluded, refersToExcluded } from './excluded-objects.ts'
import {
  extensionsMadeIn,
  type LiveExtension,
  type MakingText,
  makeExtensions,
  makesExtension,
  mentionedExtensions,
  readExtensions,
} from './extensions.ts'
import { makeFromFile, readSurroundings, surroundingsPath } from './file.ts'
import { otherSchemas } from './live-objects.ts'
import { makeInAnyOrder } from './make.ts'
import { type Ownership, readReferred } from './referred.ts'
import { surroundingStatements } from './statements.ts'
import { saidIn } from './texts.ts'

/**
 * What models and revisions refer to and others own: what surroundings.sql says; where there is no such file, what the live
 * database has of it, and always its extensions. It is made on scratch databases first, and never compared.
 */
export interface Surroundings {
  /** Before models are loaded. */
  readonly ofModels: (client: ClientBase, files: readonly ModelFile[]) => Promise<void>
  /** What is made only where models do not load or revisions do not run without it; missing where nothing is. */
  readonly others?: (client: Client) => Promise<void>
  /** Before revisions are run. */
  readonly ofHistory: (client: ClientBase, texts: () => readonly string[]) => Promise<void>
  /** At the base state: what the wanted state has of them. */
  readonly ofWanted: (client: Client, wanted: Catalog) => Promise<void>
  /** Before a program builds its schema. @returns the schemas that are others' there */
  readonly ofPrograms: (client: ClientBase) => Promise<readonly string[]>
  /** The text of the file, where there is one. */
  readonly text: string | undefined
  /** Whether anything but extensions came from the live database, or extensions from revisions: models follow from it too. */
  readonly followsLive: () => boolean
}

/** Hands a connection to the live database to `body`. */
export type OnLive = <Result>(body: (live: ClientBase) => Promise<Result>) => Promise<Result>

/**
 * The surroundings of a project.
 * @param onLive reads the live database, where it is to be looked at, when something is needed first
 * @param revisions the texts of its revisions: where no live database is looked at, models find the extensions that they make
 * @param isFirst whether the first revision of the live database is to be written, which makes the extensions in its schemas
 */
export function projectSurroundings(
  env: Environment,
  onLive: OnLive | undefined,
  revisions?: () => readonly MakingText[],
  isFirst = false,
): Surroundings {
  const path = surroundingsPath(env.dir)
  const text = readSurroundings(path)
  const ownership = surroundingsOwnership(env)
  const compared = { schemas: ownership.own, excludes: scratchExcludes(env) }
  let models: readonly string[] = []
  let history: () => readonly string[] = () => []
  let takenFromElsewhere = false
  const live = onLive === undefined ? undefined : liveExtensions(onLive, isFirst ? ownership.own : [])
  const makeFile = async (client: ClientBase, makers: () => readonly string[]) => {
    if (text === undefined) return
    const { made } = saidIn(makers())
    await makeFromFile(client, { path, text }, (sql) => made.has(madeName(sql) ?? ''))
  }
  const makeOthers = async (client: Client, read: OnLive) => {
    takenFromElsewhere = true
    if (text === undefined) await makeReferred(client, read, [...models, ...history()], env, ownership)
    if (!ownership.excludesAny) return
    await expectTrustedLive(client, read, { ...compared, trustLive: env.trustLive })
    await read((session) => makeExcluded(client, session, compared))
  }
  const makeFromRevisions = async (client: Client, texts: readonly MakingText[]) => {
    takenFromElsewhere = true
    await makeExtensions(client, extensionsMadeIn(texts))
  }
  const isAllInFile = text !== undefined && !ownership.excludesAny
  const whenStuck = () => {
    if (onLive !== undefined) return isAllInFile ? undefined : (client: Client) => makeOthers(client, onLive)
    return revisions && ((client: Client) => makeFromRevisions(client, revisions()))
  }
  const others = whenStuck()
  return {
    ...(others === undefined ? {} : { others }),
    async ofModels(client, files) {
      const statements = files.flatMap((each) => each.statements.map(({ sql }) => sql))
      models = statements
      await makeFile(client, () => statements)
      await live?.ofModels(client, statements)
    },
    async ofHistory(client, texts) {
      history = texts
      await makeFile(client, texts)
      await live?.ofHistory(client, texts)
    },
    async ofWanted(client, wanted) {
      await live?.ofWanted(client, wanted)
      if (others === undefined) return
      if (takenFromElsewhere || (ownership.excludesAny && refersToExcluded(wanted, compared)))
        await others(client)
    },
    async ofPrograms(client) {
      await makeFile(client, () => [])
      return otherSchemas(client, [...ownership.own, 'public'])
    },
    text,
    followsLive: () => takenFromElsewhere,
  }
}

/** Which objects of a database are surroundings. */
export function surroundingsOwnership(env: Environment): Ownership {
  const excludes = scratchExcludes(env)
  return {
    own: env.lines.flatMap(({ schema }) => schema ?? []),
    hidden: [env.ledgerSchema],
    path: ['public', ...listed(env.options.searchPath)],
    isExcluded: ({ kind, schema, name }) => excludes({ kind, schema, name }),
    excludesAny: excludesAny(env),
  }
}

/**
 * Makes on a scratch database what texts refer to in schemas of others, as the live database has it.
 * @returns the schemas of that
 */
export async function makeReferred(
  client: Client,
  onLive: OnLive,
  texts: readonly string[],
  { trustLive }: Environment,
  ownership: Ownership,
): Promise<readonly string[]> {
  const { objects, statements } = await onLive(async (session) => {
    const referred = await readReferred(session, texts, { ...ownership, excludesAny: false })
    return { objects: referred.objects, statements: await surroundingStatements(session, referred) }
  })
  if (statements.length === 0) return []
  const schemas = [...new Set(objects.map(({ schema }) => schema))]
  await expectTrustedLive(client, onLive, { schemas, trustLive })
  // What does not come to be there is left out: what needs it says so itself.
  await makeInAnyOrder(client, statements)
  return schemas
}

/**
 * The extensions of a live database, which is read when they are needed first.
 * @param made the schemas whose extensions a revision is to make
 */
function liveExtensions(onLive: OnLive, made: readonly string[]) {
  let read: Promise<readonly LiveExtension[]> | undefined
  const extensionsOf = () => {
    read ??= onLive(readExtensions)
    return read
  }
  const othersOf = async () => (await extensionsOf()).filter(({ schema }) => !made.includes(schema))
  return {
    async ofModels(client: ClientBase, statements: readonly string[]): Promise<void> {
      const extensions = await extensionsOf()
      if (extensions.length === 0) return
      const placed = ({ name }: LiveExtension) =>
        statements.some((sql) => makesExtension(sql, name) && /\bschema\b/i.test(sql))
      await makeExtensions(
        client,
        mentionedExtensions(extensions, statements).filter((extension) => !placed(extension)),
      )
    },
    async ofHistory(client: ClientBase, texts: () => readonly string[]): Promise<void> {
      const used = (await othersOf()).filter(({ usedIn }) => usedIn.length > 0)
      if (used.length === 0) return
      const history = texts()
      await makeExtensions(
        client,
        used.filter(({ name }) => !history.some((text) => makesExtension(text, name))),
      )
    },
    async ofWanted(client: ClientBase, wanted: Catalog): Promise<void> {
      await makeExtensions(
        client,
        (await othersOf()).filter(({ name }) => wanted.facts.has({ kind: 'extension', name })),
      )
    },
  }
}

/** Makes on an empty scratch database what the revisions of a project refer to and do not make. */
export async function surroundHistory(
  client: Client,
  { files }: Pick<Project, 'files'>,
  surroundings: Surroundings | undefined,
): Promise<void> {
  let read: readonly string[] | undefined
  await surroundings?.ofHistory(client, () => {
    read ??= historyTexts({ files })
    return read
  })
}

/** The texts of the revision files of a project, and where they make what has no schema. */
export function revisionTexts({ files, env }: Project): readonly MakingText[] {
  return [...files.values()].map(({ path, line }) => ({
    text: readSource(path),
    schema: env.schemas[line] ?? 'public',
  }))
}

/** The texts of the revision files of a project. */
export function historyTexts({ files }: Pick<Project, 'files'>): readonly string[] {
  return [...files.values()].map(({ path }) => readSource(path))
}

/**
 * Runs revisions on a scratch database; where one fails, again with the objects of others, which it may refer to. A run
 * goes on where the one before has stopped.
 */
export async function runSurrounded(
  client: Client,
  surroundings: Pick<Surroundings, 'others'> | undefined,
  run: () => Promise<void>,
): Promise<void> {
  const others = surroundings?.others
  try {
    await run()
  } catch (error) {
    if (others === undefined || !(error instanceof MigError)) throw error
    await others(client)
    await run()
  }
}
