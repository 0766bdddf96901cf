import type { Client } from 'pg'
import { expect } from 'vitest'
import { type ModelInput, modelInput } from '../../../migrations/core/autogenerate/wanted/input.ts'
import { readDependencies } from '../../../migrations/core/autogenerate/wanted/near/dependants.ts'
import { nearWanted, onBoth } from '../../../migrations/core/autogenerate/wanted/near/near-wanted.ts'
import { loadAll } from '../../../migrations/core/autogenerate/wanted/wanted.ts'
import { seenDifference } from '../../../migrations/core/difference/index.ts'
import { usingSession } from '../../../migrations/core/index.ts'
import type { Fingerprint } from '../../../migrations/core/postgres/fingerprint/index.ts'
import { splitStatements } from '../../../migrations/core/postgres/index.ts'
import { scratchOptions, withScratchDatabase } from '../../../migrations/core/scratch/database.ts'
import { rolledBack } from '../../../migrations/core/scratch/rolled-back.ts'
import { fingerprintOf, observe } from '../../../migrations/core/scratch/state.ts'
import type { ModelFile } from '../../../migrations/core/sources/index.ts'
import type { Lab } from '../../runner/support.ts'

const schemas = ['app_user', 'app_policy', 'app_message']

function model(sql: string): readonly ModelFile[] {
  const statements = splitStatements(sql).map(({ text }) => ({ sql: text, file: 's.sql', line: undefined }))
  return [{ path: 's.sql', key: 'user', keyed: true, statements }]
}

function objectsOf(fingerprint: Fingerprint | undefined) {
  return [...(fingerprint?.objects ?? [])].sort()
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/**
 * What becomes of a change when only the part of the models that it reaches is looked at: its statements are run on the
 * whole, which must then be what the whole models make.
 * @returns whether the part was taken; undefined where the models do not load
 */
export async function isTaken(input: ModelInput, old: string, next: string): Promise<boolean | undefined> {
  const scope = { ...input, schemas, globals: new Set<string>() }
  return withScratchDatabase(scratchOptions(input), async ({ client }) => {
    const load = (files: readonly ModelFile[], body: () => Promise<unknown> = () => Promise.resolve()) =>
      rolledBack(client, async () => {
        await loadAll(client, files, input)
        const before = await fingerprintOf(client, scope)
        const dependencies = await readDependencies(client, schemas)
        await body()
        return { before, dependencies, after: await fingerprintOf(client, scope) }
      })
    const [from, to] = [await load(model(old)), await load(model(next))]
    if (from === undefined || to === undefined) return undefined
    const kept = {
      ...{ files: model(old), database: [], dependencies: from.dependencies },
      objects: from.before.objects,
    }
    const near = nearWanted(input, { comparison: '', kept }, model(next))
    if (near === undefined) return false
    const look = async (on: typeof client, files: readonly ModelFile[]) => {
      await loadAll(on, files, input)
      return observe(on, scope)
    }
    const made = await onBoth(scratchOptions(input), near, look, (ends) => Promise.resolve(ends)).catch(
      () => undefined,
    )
    const whole =
      made === undefined
        ? undefined
        : near.whole([made.base.fingerprint], [made.wanted.fingerprint], made.dependencies)
    if (made === undefined || whole === undefined) return false
    const actions = seenDifference(made.base.catalog, made.wanted.catalog, scope)?.actions ?? []
    const runOn = (files: readonly ModelFile[]) =>
      load(files, async () => {
        await client.query('SET LOCAL check_function_bodies = off')
        for (const { sql } of actions) await client.query(sql)
      })
    const run = objectsOf((await runOn(model(old)))?.after)
    const wanted = objectsOf(to.before)
    // What takes more than one round by itself does so here as well.
    const isOneRound = async () =>
      isEqual(objectsOf((await runOn(near.from))?.after), objectsOf(made.wanted.fingerprint))
    if (!isEqual(run, wanted) && (await isOneRound()))
      expect([actions.map(({ sql }) => sql), run]).toEqual([[], wanted])
    expect([...whole.objects].sort()).toEqual(wanted)
    const edges = (all: readonly (readonly unknown[])[]) => all.map((each) => JSON.stringify(each)).sort()
    expect(edges(whole.dependencies)).toEqual(edges(to.dependencies))
    return true
  })
}

export async function onLab<T>(lab: Lab, body: (input: ModelInput) => Promise<T>): Promise<T> {
  const project = await lab.project()
  return usingSession(project.env, {}, async (session) => {
    const { emit: _, ...input } = await modelInput(session, project, false)
    return body(input)
  })
}

/** The statements that can be run, in an order in which they can. */
async function runnable(client: Client, statements: readonly string[]): Promise<readonly string[]> {
  await client.query(`BEGIN; SET check_function_bodies = off; SET search_path = app_user, public`)
  for (const schema of schemas) await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
  const run: string[] = []
  for (let waiting = statements, before = 0; waiting.length !== before; ) {
    before = waiting.length
    const failed: string[] = []
    for (const sql of waiting) {
      await client.query('SAVEPOINT one')
      try {
        await client.query(sql)
        run.push(sql)
      } catch {
        await client.query('ROLLBACK TO one')
        failed.push(sql)
      }
    }
    waiting = failed
  }
  await client.query('ROLLBACK')
  return run
}

/** {@link isTaken} of those statements of two sets that can be run. */
export async function isTakenOf(
  input: ModelInput,
  old: readonly string[],
  next: readonly string[],
): Promise<boolean | undefined> {
  const [from = [], to = []] = await withScratchDatabase(scratchOptions(input), async ({ client }) => [
    await runnable(client, old),
    await runnable(client, next),
  ])
  const [first, second] = [from, to].map((all) => all.join(';\n'))
  return first === second ? undefined : isTaken(input, first ?? '', second ?? '')
}
