import type { Client } from 'pg'
import { runWithoutLacking } from '../autogenerate/wanted/history.ts'
import { type ModelInput, projectInput } from '../autogenerate/wanted/input.ts'
import { readingOnce } from '../autogenerate/wanted/wanted.ts'
import type { EmitEvent } from '../events.ts'
import { type Fingerprint, onDatabase, quoteIdent } from '../postgres/index.ts'
import {
  applyPlan,
  databaseUrl,
  type HeldDatabase,
  holdDatabase,
  type PlanRequest,
  type PlanStep,
  type Project,
  planRun,
  revisionSource,
  type Session,
  takeHeld,
  takeWithin,
} from '../runner/index.ts'
import { type ScratchDatabase, scratchOptions, withScratchDatabase } from '../scratch/database.ts'
import { scratchProject } from '../scratch/project.ts'
import { followingFingerprint } from '../scratch/state.ts'
import { runSurrounded, type Surroundings, surroundHistory } from '../scratch/surroundings/surroundings.ts'
import type { ReadModels } from '../sources/index.ts'
import { availableExtensions } from '../sources/missing-extensions.ts'
import { onTrial, type TrialDatabase } from './trial.ts'

/** What the checks share. */
export interface VerifyContext {
  /** As the user has it. */
  readonly project: Project
  /** As it runs on scratch databases: every line, tenant lines in a stand-in, no hooks. */
  readonly scratch: Project
  readonly models: ModelInput
  /** Reads the models, once: a program that says them may take long. */
  readonly readModels: () => Promise<ReadModels>
  /** How the structure of a scratch database is read after each step. */
  readonly follow: typeof followingFingerprint
  readonly emit: EmitEvent
  readonly signal: AbortSignal | undefined
}

interface ScratchRun {
  /** How many steps it had. */
  readonly steps: number
  readonly statements: readonly string[]
}

/** A scratch database with the lines' schemas, and a session of the runner on it. */
export interface ScratchSession extends Session {
  readonly client: Client
  /** Runs a request to its end. */
  readonly run: (request: PlanRequest) => Promise<ScratchRun>
  /** Takes the step of a plan that is next; gives the statements that it runs. */
  readonly take: (step: PlanStep) => Promise<readonly string[]>
  /** Runs revisions; where one fails, again with the objects of others, where there are any to make. */
  readonly surrounded: (run: () => Promise<void>) => Promise<void>
  /** Whether a run has failed without the objects of others, so that they were made. */
  readonly hasOthers: boolean
  readonly makeOthers: () => Promise<void>
  /** Hands a copy of the database as it is now to `body`, which is dropped afterwards. */
  readonly onCopy: <Result>(body: (copy: ScratchSession) => Promise<Result>) => Promise<Result>
  /** Hands the database to `body` inside a transaction that is rolled back. */
  readonly onTrial: <Result>(body: (trial: TrialDatabase) => Promise<Result>) => Promise<Result>
  /** The structure of all lines' schemas; after the first time only what has changed is read. */
  readonly fingerprint: () => Promise<Fingerprint>
  /** The same, read as a whole; what changes after it is followed from there. */
  readonly wholeFingerprint: () => Promise<Fingerprint>
}

/**
 * Finds where scratch databases can be made. It connects, and starts the embedded server when no database is
 * configured.
 * @throws MigError `no-scratch` without the right to create databases, and the errors of `connect`
 */
export async function verifyContext(
  project: Project,
  emit: EmitEvent,
  signal: AbortSignal | undefined,
): Promise<VerifyContext> {
  const liveUrl = await databaseUrl(project.env, emit)
  const models = await projectInput(project, {
    databaseUrl: liveUrl,
    privileges: false,
    onLive: (body) => onDatabase(liveUrl, body),
    emit,
    signal,
  })
  const read = readingOnce()
  return {
    ...{ project, scratch: scratchProject(project), models, emit, signal },
    readModels: () => read(models),
    follow: followingFingerprint,
  }
}

/**
 * Runs revisions on scratch databases, and again without those of lines outside the filter that need an extension which
 * the server lacks.
 * @returns what `body` gives, and the context without the revisions that were left out
 */
export async function withoutLacking<Result>(
  context: VerifyContext,
  body: (context: VerifyContext) => Promise<Result>,
): Promise<{ readonly result: Result; readonly context: VerifyContext }> {
  const { emit, models } = context
  let done: { readonly result: Result; readonly context: VerifyContext } | undefined
  const available = () => onEmptyScratch(context, ({ client }) => availableExtensions(client))
  await runWithoutLacking(context.project, { filter: models.filter, emit, available }, async (project) => {
    const left =
      project === context.project ? context : { ...context, project, scratch: scratchProject(project) }
    done = { result: await body(left), context: left }
  })
  if (done === undefined) throw new RangeError('nothing was run')
  return done
}

/**
 * Makes a scratch database for `body` to run revisions on, with what surroundings.sql says in it, and the extensions that the live
 * database has and they do not make. Other objects that they refer to are made where a run fails without them.
 */
export function onScratch<Result>(
  context: VerifyContext,
  body: (session: ScratchSession) => Promise<Result>,
): Promise<Result> {
  return onEmptyScratch(context, async (session) => {
    await surroundHistory(session.client, context.project, context.models.surroundings)
    return body(session)
  })
}

/**
 * Makes a scratch database with the lines' schemas in it, for `body`. They are there from the start, since no
 * revision makes or drops them.
 */
export async function onEmptyScratch<Result>(
  context: VerifyContext,
  body: (session: ScratchSession) => Promise<Result>,
): Promise<Result> {
  return withScratchDatabase(scratchOptions(context.models), async (database) => {
    for (const schema of schemasOf(context))
      await database.client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
    return usingScratch(context, database, context.models.surroundings, body)
  })
}

function schemasOf({ scratch }: VerifyContext): readonly string[] {
  return Object.values(scratch.env.schemas)
}

/** Hands a session on a scratch database to `body`. */
async function usingScratch<Result>(
  context: VerifyContext,
  database: ScratchDatabase,
  surroundings: Surroundings | undefined,
  body: (session: ScratchSession) => Promise<Result>,
): Promise<Result> {
  const { scratch: project, models, signal } = context
  const { client: first, url } = database
  let client = first
  let unmade = surroundings?.others
  const makeOthers = async () => {
    const make = unmade
    unmade = undefined
    await make?.(client)
  }
  const revisions = revisionSource(project.env.cacheDir)
  let holding: Client | undefined
  /** The database as a session holds it; another connection takes the locks again. */
  const hold = async (emit: EmitEvent): Promise<HeldDatabase> => {
    const held = { session: { client, url, emit, signal }, project, revisions }
    if (holding !== client) await holdDatabase(held)
    holding = client
    return held
  }
  const listening = async () => {
    const statements: string[] = []
    const held = await hold((event) => {
      if (event.event === 'statement') statements.push(event.sql)
    })
    return { held, statements }
  }
  const compared = { ...models, schemas: schemasOf(context) }
  let follow = context.follow(compared)
  const session: ScratchSession = {
    get client() {
      return client
    },
    url,
    emit: () => undefined,
    signal,
    async run(request) {
      let statements: string[] = []
      let steps: number | undefined
      const emit: EmitEvent = (event) => {
        if (event.event === 'statement') statements.push(event.sql)
      }
      const own: Session = { client, url, emit, signal }
      await session.surrounded(async () => {
        statements = []
        const plan = await planRun(own, project, request)
        // A second attempt goes on where the first has stopped.
        steps ??= plan.steps.length
        await applyPlan(own, project, plan, request)
      })
      return { steps: steps ?? 0, statements }
    },
    async take(step) {
      const listened = await listening()
      const { held } = listened
      let statements: readonly string[] = listened.statements
      let isFirst = true
      await session.surrounded(async () => {
        if (isFirst) {
          isFirst = false
          return takeHeld(held, step)
        }
        // The first attempt may have left it half done, of which the ledger tells.
        const { direction, revision } = step
        const target = direction === 'upgrade' ? revision : '-1'
        statements = (await session.run({ direction, target })).statements
      })
      return statements
    },
    surrounded: (run) => runSurrounded(client, unmade === undefined ? {} : { others: makeOthers }, run),
    get hasOthers() {
      return surroundings?.others !== undefined && unmade === undefined
    },
    makeOthers,
    fingerprint: () => follow(client),
    wholeFingerprint() {
      follow = context.follow(compared)
      return follow(client)
    },
    async onTrial(use) {
      await hold(() => undefined)
      const trial: TrialDatabase = {
        client,
        async take(step) {
          const { held, statements } = await listening()
          await takeWithin(held, step)
          return statements
        },
        fingerprint: () => follow(client),
      }
      return onTrial(trial, use)
    },
    async onCopy(use) {
      // A template may have nobody in it (manual, "Template Databases").
      await client.end()
      try {
        return await withScratchDatabase({ ...scratchOptions(context.models), template: database }, (copy) =>
          usingScratch(context, copy, unmade === undefined ? undefined : surroundings, use),
        )
      } finally {
        client = await database.connect()
      }
    },
  }
  try {
    return await body(session)
  } finally {
    if (client !== first) await client.end()
  }
}
