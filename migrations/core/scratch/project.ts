import type { ClientBase } from 'pg'
import { databaseError } from '../postgres/index.ts'
import {
  applyPlan,
  applyStamp,
  type PlanRequest,
  type Project,
  planRun,
  type Session,
} from '../runner/index.ts'
import { lineTargets } from './lines.ts'

/** The project as it runs on a scratch database: every line, tenant lines in their stand-in, no hooks and no roles. */
export function scratchProject(project: Project): Project {
  const { env } = project
  const targets = lineTargets(project)
  const { onApply: _, role: __, ...options } = env.options
  return {
    ...project,
    env: {
      ...env,
      options,
      filter: targets.map((target) => target.key),
      lines: env.lines.map((line) => ({
        ...line,
        tenants: null,
        schema: targets.find((target) => target.key === line.key)?.schema ?? line.schema,
      })),
      schemas: Object.fromEntries(targets.map((target) => [target.key, target.schema])),
      transaction: 'revision',
      createSchema: true,
    },
  }
}

/**
 * Runs revisions on a scratch database with the runner itself: up to all heads, or back by `-N`.
 * @throws MigError what the runner throws
 */
export async function runOnScratch(
  client: ClientBase,
  project: Project,
  request: Pick<PlanRequest, 'direction' | 'target' | 'lines'>,
): Promise<void> {
  const session: Session = { client, url: null, emit: () => undefined, signal: undefined }
  try {
    const plan = await planRun(session, project, request)
    await applyPlan(session, project, plan, request)
    await client.query('RESET ALL')
  } catch (error) {
    throw databaseError(error)
  }
}

/** Writes into an empty ledger that all heads are applied, and runs none of them. */
export async function stampOnScratch(client: ClientBase, project: Project): Promise<void> {
  const session: Session = { client, url: null, emit: () => undefined, signal: undefined }
  await applyStamp(session, project, { target: 'heads' })
  await client.query('RESET ALL')
}
