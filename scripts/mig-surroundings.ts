// just mig-surroundings [flags]
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { surroundingsFile } from '../migrations/core/autogenerate/index.ts'
import { openProject, usingSession } from '../migrations/core/index.ts'
import { maskUrl } from '../migrations/core/postgres/index.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'

export const spec = {
  name: 'mig-surroundings',
  summary:
    'Writes surroundings.sql: what the models and revisions refer to outside the schema map, as the live database has it. It is made on scratch databases first, and never compared.',
  positionals: {},
  flags: {},
  examples: ['just mig-surroundings', 'just mig-surroundings --database-url "$PRODUCTION_URL"'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { output, signal } = command
    const project = openProject(await commandEnvironment(command))
    const { env } = project
    const made = await usingSession(env, { emit: output.event, signal }, (session) => {
      output.remark(output.style.dim(`database ${maskUrl(session.url ?? '')} (${env.databaseSource})`))
      return surroundingsFile(session.client, project)
    })
    const event = 'surroundings'
    if (made === undefined) {
      output.result('models and revisions refer to nothing outside the schema map', {
        event,
        file: null,
        roles: [],
        extensions: [],
        objects: [],
      })
      return
    }
    const { path, text, referred } = made
    writeFileSync(path, text)
    const roles = referred.roles
    const extensions = referred.extensions.map(({ name }) => name)
    const objects = referred.objects.map(({ kind, schema, name }) => ({ kind, schema, name }))
    const file = relative(env.root, path)
    const lines = [
      ...roles.map((role) => `  role ${role}`),
      ...extensions.map((name) => `  extension ${name}`),
      ...objects.map(({ kind, schema, name }) => `  ${kind} ${schema}.${name}`),
      `wrote ${file}`,
    ]
    output.result(lines.join('\n'), { event, file, roles, extensions, objects })
  })
