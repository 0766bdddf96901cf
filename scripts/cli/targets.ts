import {
  databaseUrl,
  expectTenants,
  type LineGroup,
  lineGroups,
  listsThemselves,
  type MigEvent,
  openProject,
  type Project,
  type Session,
  type SessionOptions,
  type TargetSchema,
  targetSchemas,
} from '../../migrations/core/index.ts'
import { type Command, commandEnvironment, sayWhere, usingProject } from './command.ts'

/** Lines that are treated together, as a recipe's body gets them. */
export interface OnGroup extends LineGroup {
  readonly project: Project
  readonly sessions: SessionOptions
}

/** Runs a recipe's body on each group of lines; of single lines on one open connection. */
export async function onGroups<Result>(
  command: Command,
  project: Project,
  groups: readonly LineGroup[],
  body: (group: OnGroup) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  let isTold = false
  for (const group of groups) {
    const own = { ...project, env: { ...project.env, filter: group.lines } }
    const withSessions = (sessions: SessionOptions) => body({ ...group, project: own, sessions })
    if (group.tenantLine !== null) {
      if (!isTold) await sayWhereTenants(command, project, groups)
      isTold = true
      results.push(await withSessions(tenantSessions(command)))
    } else {
      const { output, signal } = command
      const onSession = (open: Session) => withSessions({ emit: output.event, signal, open })
      results.push(await usingProject(command, onSession, own))
    }
  }
  return results
}

/** As {@link onGroups}, with the target schemas; of a tenant line all, unless some are named. */
export async function onTargets<Result>(
  command: Command,
  body: (group: OnGroup, targets: readonly TargetSchema[]) => Promise<Result>,
): Promise<readonly Result[]> {
  const project = openProject(await commandEnvironment(command))
  const groups = lineGroups(project.env)
  await expectTenants(project.env, groups, { signal: command.signal }, { whenNone: 'all' })
  return onGroups(command, project, groups, async (group) =>
    body(group, await targetSchemas(group.project.env, group, group.sessions, 'all')),
  )
}

/** The first line of what is done with tenants: the database, unless they all live in others and none is configured. */
export async function sayWhereTenants(
  command: Command,
  { env }: Pick<Project, 'env'>,
  groups: readonly LineGroup[] = lineGroups(env),
): Promise<void> {
  const keys = groups.flatMap(({ tenantLine }) => tenantLine ?? [])
  const elsewhere = env.lines.every((line) => !keys.includes(line.key) || listsThemselves(line))
  if (env.databaseUrl === null && elsewhere) return
  sayWhere(command, { ...env, filter: keys }, await databaseUrl(env, command.output.event))
}

/** Sessions that tell of their steps only where that was asked for: there are thousands. */
export function tenantSessions({ output, signal }: Command): SessionOptions {
  const steps: readonly MigEvent['event'][] = ['step-start', 'step-done', 'statement', 'schema-created']
  const chatty = output.level === 'verbose' || output.level === 'debug'
  return {
    signal,
    emit: (event) => {
      if (chatty || !steps.includes(event.event)) output.event(event)
    },
  }
}
