import { shellWord } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { halfDoneFirst, isTenant } from '../applied/trouble.ts'
import type { Plan, PlanStep } from '../plan/plan.ts'
import type { FoundNow, SchemaLook } from '../plan/planner.ts'
import type { Project } from '../project.ts'

/**
 * Holds what is found under the locks against what was planned.
 * @param isShared where the work is divided somebody else may have done it all, and that is what it is for
 * @returns the target schemas that are to be made
 * @throws MigError `plan-changed`, `half-done`; `no-schema`, `no-permission`, `bad-schema` (exit 3)
 */
export function expectAsPlanned(
  project: Project,
  planned: Planned,
  { steps, halfDone, schemas }: FoundNow,
  isShared: boolean,
): ReadonlySet<string> {
  const now = { direction: planned.direction, steps }
  const missing = expectSchemas(project, now, schemas)
  if (!isShared || steps.length > 0) checkStillPlanned(planned, now)
  // A revision that is half done must be finished before anything else runs on its target schema.
  for (const row of halfDone) {
    const next = steps.find((step) => step.targetSchema === row.targetSchema)
    if (next === undefined || (next.revision === row.revision && next.direction === row.direction)) continue
    throw halfDoneFirst(row, next.appliedBefore, project)
  }
  return missing
}

type Planned = Pick<Plan, 'direction' | 'steps'>

/**
 * An upgrade that somebody else has done in part goes on with the rest; anything else must be the plan that
 * was shown, or two downgrades by one at the same time would take away two.
 */
function checkStillPlanned(plan: Planned, now: Planned): void {
  const key = (step: PlanStep) => `${step.direction} ${step.revision} ${step.targetSchema}`
  const planned = new Set(plan.steps.map(key))
  const same = now.steps.length === plan.steps.length
  if (now.steps.every((step) => planned.has(key(step))) && (plan.direction === 'upgrade' || same)) return
  throw new MigError(
    'plan-changed',
    `another runner changed the database while this ${plan.direction} waited for the lock, so its plan is out of date`,
    {
      help: 'nothing was changed; see what is applied (just mig-current), then run the command again',
      exitCode: exitCodes.stepFailed,
    },
  )
}

/**
 * Nothing runs for a target schema that PostgreSQL would pass over in search_path, since unqualified names would
 * then mean those of `public` (manual, section 5.10.3): one that is gone, one that the role may not use, and `$user`.
 */
function expectSchemas(
  { env }: Project,
  { direction, steps }: Planned,
  schemas: ReadonlyMap<string, SchemaLook>,
): ReadonlySet<string> {
  const missing = new Set<string>()
  for (const [schema, line] of new Map(steps.map((step) => [step.targetSchema, step.line]))) {
    const { exists, usable, role = 'the role of MIG_DATABASE_URL' } = schemas.get(schema) ?? unseen
    const options = { exitCode: exitCodes.stepFailed, facts: { line, targetSchema: schema } }
    if (schema === '$user') {
      throw new MigError('bad-schema', 'in search_path, schema "$user" means the current role', {
        ...options,
        help: 'rename it: ALTER SCHEMA "$user" RENAME TO …',
      })
    }
    if (!exists) {
      missing.add(schema)
      if (direction === 'upgrade' && env.createSchema) continue
      const help = isTenant(env, line)
        ? `create the tenant: just mig-tenant-create ${shellWord(schema)} ${line}, or -x create_schema=true; or remove it from the list in env.ts`
        : direction === 'upgrade'
          ? `make it: CREATE SCHEMA ${quoteIdent(schema)}; or let the run do it: createSchema: true in env.ts`
          : `if it is gone for good, tell the ledger: just mig-stamp base ${line}`
      throw new MigError('no-schema', `there is no schema ${schema}`, { ...options, help })
    }
    if (usable) continue
    throw new MigError('no-permission', `the role has no USAGE on schema ${schema}`, {
      ...options,
      help: `as its owner: GRANT USAGE, CREATE ON SCHEMA ${quoteIdent(schema)} TO ${role}`,
    })
  }
  return missing
}

const unseen: SchemaLook = { exists: false, usable: false }
