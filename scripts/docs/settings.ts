import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { code, generatedFrom, table } from './markdown.ts'
import { type DescribedType, describedTypes } from './types.ts'

const files = ['options.ts', 'tenant-source.ts', 'excludable-kinds.ts'].map(
  (file) => `migrations/core/environment/${file}`,
)

export function settingsPage(root: string): string {
  const options = new Map(describedTypes(root, files).map((type) => [type.name, type]))
  const part = (name: string) => optionTable(options.get(name))
  return `# Settings

${generatedFrom('.env.example and the types of the options')}

## Variables

Set variables in the environment or in \`.env\` ([\`.env.example\`](../../.env.example)), which dotenv reads; the environment wins.
An empty variable or setting that names a database or a schema is an error (exit 2), so that a missing secret never selects
another database. An unquoted \`#\` starts a comment in \`.env\`: quote a URL that contains one, or write it as \`%23\`.

${variableTable(readFileSync(join(root, '.env.example'), 'utf8'))}

For TLS, see [managed servers](../how-to/managed-servers.md#tls).

## Options of env.ts

\`env.ts\` exports a plain object of the type \`EnvironmentOptions\`. It may import functions for [models](../how-to/models.md).

${part('EnvironmentOptions')}

## A tenant source

\`{ tenants: tenants({ … }) }\` in the schema map, with exactly one of the first five options.

${part('TenantSource')}

A tenant in \`list\` or from \`function\` is a name, or an object:

${part('TenantPlace')}

## retry

${part('RetryOptions')}

## What exclude receives

${part('ExcludableObject')}

## What onApply receives

${part('AppliedStep')}

## What rewriteStatements receives

${part('RewriteInput')}
`
}

function optionTable(type: DescribedType | undefined): string {
  const rows = (type?.fields ?? []).flatMap(({ name, text, fields }) => {
    const [meaning, fallback] = withDefault(text)
    const nested = fields.map((field) => [code(`${name}[].${field.name}`), field.text, ''])
    return [[code(name), meaning, fallback], ...nested]
  })
  return table(['option', 'meaning', 'default'], rows)
}

/** A docstring says at its end what is so where nothing is said: `… Default 40.` */
function withDefault(text: string): readonly [string, string] {
  const word = [...text.matchAll(/\bDefaults?:? /g)].find(({ index }) => !/\.\s/.test(text.slice(index)))
  if (word === undefined || !text.endsWith('.')) return [text, '']
  return [text.slice(0, word.index).trimEnd(), text.slice(word.index + word[0].length, -1)]
}

/** Paragraphs of comments, each with the variables below it. */
function variableTable(example: string): string {
  const rows = example.split('\n\n').flatMap((paragraph) => {
    const lines = paragraph.split('\n').map((line) => line.replace(/^# ?/, ''))
    const names = lines.flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? [])
    if (names.length === 0) return []
    const prose = lines.filter((line) => !/^\w+=/.test(line)).join(' ')
    return [[names.map(code).join(', '), ...withDefault(prose)]]
  })
  return table(['variable', 'meaning', 'default'], rows)
}
