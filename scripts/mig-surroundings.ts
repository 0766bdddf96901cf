// just mig-surroundings [flags]
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { surroundingsFile } from '../migrations/core/autogenerate/index.ts'
import { runCommand, usingProject } from './cli/command.ts'

export const spec = {
  name: 'mig-surroundings',
  summary:
    'Writes surroundings.sql: the objects of the live database that models and revisions refer to outside the schema map. They are created first on scratch databases, and never compared.',
  positionals: {},
  flags: {},
  examples: ['just mig-surroundings', 'just mig-surroundings --database-url "$PRODUCTION_URL"'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, (command) =>
    usingProject(command, async (session, project) => {
      const { output } = command
      const event = 'surroundings'
      const made = await surroundingsFile(session.client, project)
      if (made === undefined) {
        const text = 'models and revisions refer to nothing outside the schema map'
        output.result(text, { event, file: null, roles: [], extensions: [], objects: [] })
        return
      }
      const { path, text, referred } = made
      writeFileSync(path, text)
      const { roles } = referred
      const extensions = referred.extensions.map(({ name }) => name)
      const objects = referred.objects.map(({ kind, schema, name }) => ({ kind, schema, name }))
      const file = relative(project.env.root, path)
      const lines = [
        ...roles.map((role) => `  role ${role}`),
        ...extensions.map((name) => `  extension ${name}`),
        ...objects.map(({ kind, schema, name }) => `  ${kind} ${schema}.${name}`),
        `wrote ${file}`,
      ]
      output.result(lines.join('\n'), { event, file, roles, extensions, objects })
    }),
  )
