import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { type FoundModels, literal } from './found-models.ts'
import type { FoundSchema } from './schemas.ts'
import { schemaLines } from './settings-text.ts'

/** The text of `env.ts` for these schemas. */
export function environmentText(
  env: Environment,
  schemas: readonly FoundSchema[],
  excludeTables: readonly string[],
  models: FoundModels | undefined,
): string {
  const types = existsSync(join(env.dir, 'core', 'index.ts')) ? './core/index.ts' : 'just-mig'
  const excluded =
    excludeTables.length === 0
      ? []
      : [
          '  // Ledgers of other tools: never compared or touched.',
          `  excludeTables: [${excludeTables.map(literal).join(', ')}],`,
        ]
  const imports = models?.imports === undefined ? '' : `, ${models.imports}`
  const lead =
    imports === '' ? 'import type { EnvironmentOptions }' : `import { type EnvironmentOptions${imports} }`
  const places =
    models === undefined
      ? []
      : [`  // What the database should be: ${models.what}.`, `  models: ${models.code},`]
  return [
    `${lead} from ${literal(types)}`,
    '',
    'export default {',
    '  // Key → PostgreSQL schema. A new schema is one line here.',
    '  schemas: {',
    ...schemaLines(schemas),
    '  },',
    ...places,
    ...excluded,
    '} satisfies EnvironmentOptions',
    '',
  ].join('\n')
}
