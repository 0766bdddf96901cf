// just mig-tenant-create NAME [schemas] [flags]

import {
  allTenants,
  createTenant,
  lineStatuses,
  MigError,
  oneTenantLine,
  openProject,
  type Project,
  type TargetSchema,
} from '../migrations/core/index.ts'
import { durationText, oneLine } from '../migrations/core/report/index.ts'
import { createTenantFromTemplate } from '../migrations/core/template/create.ts'
import { schemasArgument } from './cli/arguments.ts'
import { type Command, commandEnvironment, runCommand } from './cli/command.ts'
import { sayWhereTenants, tenantSessions } from './cli/targets.ts'

export const spec = {
  name: 'mig-tenant-create',
  summary: 'Creates a tenant at head: its schema, with every revision of the line applied.',
  positionals: { name: { help: 'the schema of the new tenant' }, schemas: schemasArgument },
  flags: {
    'from-template': {
      help: 'copy the structure of a tenant at head in one script, and the rows that revisions write',
    },
    template: { help: 'use this tenant as the template', value: 'NAME' },
    shard: { help: 'its shard, if env.ts lists the name on several', value: 'NAME' },
    x: { help: 'a key that env.ts declares', value: 'KEY=VALUE', many: true, short: 'x' },
  },
  examples: ['just mig-tenant-create tenant_acme', 'just mig-tenant-create tenant_acme --from-template'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { output, positionals } = command
    const project = openProject(await commandEnvironment(command))
    const line = oneTenantLine(project.env)
    await sayWhereTenants(command, project)
    const sessions = tenantSessions(command)
    const name = positionals.name
    const template = await templateOf(command, project, line, name)
    const made =
      template === undefined
        ? await createTenant(project, line, name, sessions)
        : await createTenantFromTemplate(project, line, name, template, sessions)
    const { tenant, revisions, ms } = made
    const from = template?.schema ?? 'replay'
    const how = template === undefined ? '' : ` as a copy of ${oneLine(from)}, proved equal,`
    const at = revisions.join(', ') || 'base'
    output.result(
      output.style.good(`created tenant ${oneLine(tenant.schema)} at ${at}${how} in ${durationText(ms)}`),
      { event: 'tenant-created', line, targetSchema: tenant.schema, revisions, from, ms },
    )
  })

/** The named template, or the first tenant at head where the new one shall live; undefined when none is asked for. */
async function templateOf(
  command: Command<typeof spec>,
  { env, ...project }: Project,
  line: string,
  made: string,
): Promise<TargetSchema | undefined> {
  const { flags } = command
  const name = flags.template
  if (flags['from-template'] !== true && name === undefined) return undefined
  const sessions = tenantSessions(command)
  const { shards } = env.targets
  const listed = (await allTenants(env, line, sessions)).filter(
    ({ shard }) => shards === null || shards.includes(shard ?? ''),
  )
  const place = listed.find(({ schema }) => schema === made)
  const near = listed.filter(
    ({ databaseUrl, schema }) =>
      (place === undefined || databaseUrl === place.databaseUrl) && (name === undefined || schema === name),
  )
  const statuses = await lineStatuses({ env, ...project }, near, sessions)
  const found = statuses.find(({ state }) => name !== undefined || state === 'head')
  if (found !== undefined) return found.target
  throw new MigError(
    'no-template',
    name === undefined
      ? 'a template must be a tenant of this database at head, and there is none'
      : `there is no tenant ${name} in its database`,
    { help: 'list the tenants: just mig-tenants; or omit --from-template to run every revision' },
  )
}
