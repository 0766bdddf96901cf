import { generatedFrom, table } from './markdown.ts'
import { type DescribedType, describedTypes, type Field } from './types.ts'

const events = 'migrations/core/events.ts'
const results = ['json.ts', 'json-look.ts', 'json-made.ts'].map((name) => `migrations/core/report/${name}`)
const others = [
  ...[
    'errors.ts',
    'runner/look/status.ts',
    'runner/applied/trouble.ts',
    'lint/finding.ts',
    'lint/effects.ts',
    'lint/chosen.ts',
  ],
  ...['adopt/import/applied.ts', 'adopt/import/import.ts'],
].map((name) => `migrations/core/${name}`)

const head = `# JSON output

${generatedFrom('the types of the lines')}

With \`--json\` a command prints JSON lines on stdout: one object per line, each with an \`event\`. Progress is printed as it
happens, results at the end. Hints for people are omitted. An error is the last line; its text is also on stderr.

Fields marked \`?\` may be absent. Any version may add events and fields, so a reader must ignore unknown ones; the fields on
this page keep their names and types until the next major version. Times are ISO 8601 in UTC, durations are milliseconds
(\`…Ms\`, \`ms\`). Passwords are printed as \`***\`, except in \`database\`, \`rows\` and \`sql\`, which are unchanged.

    $ just mig-upgrade head user --json
    {"event":"plan","steps":[{"revision":"3f2a9c41b7d0","direction":"upgrade","line":"user","targetSchema":"rfx_user","message":"add preferred_language to profile","appliedAfter":["3f2a9c41b7d0"]}]}
    {"event":"step-start","index":1,"total":1,"revision":"3f2a9c41b7d0", …}
    {"event":"step-done","index":1,"total":1,"ms":12, …}
    {"event":"done","direction":"upgrade","steps":1,"ms":31}
`

export function jsonPage(root: string): string {
  const types = describedTypes(root, [events, ...results, ...others])
  const known = new Map(types.map((type) => [type.name, type]))
  const lines = types.filter(({ fields }) => fields.some(({ name }) => name === 'event'))
  const isEvent = new Set(describedTypes(root, [events]).map(({ name }) => name))
  const shared = sharedTypes(lines, known)
  const part = (list: readonly DescribedType[]) => list.map((type) => section(type, known)).join('\n\n')
  return `${[
    head,
    `## Events\n\n${part(lines.filter(({ name }) => isEvent.has(name)))}`,
    `## Results\n\n${part(lines.filter(({ name }) => !isEvent.has(name)))}`,
    `## Types\n\n${part(shared)}`,
  ].join('\n\n')}\n`.replace(/\n{3,}/g, '\n\n')
}

function section(type: DescribedType, known: ReadonlyMap<string, DescribedType>): string {
  const fields = allFields(type, known)
  const event = fields.find(({ name }) => name === 'event')?.type.replaceAll("'", '')
  const rows = fields.flatMap((field) => (field.name === 'event' ? [] : rowsOf(field, '', known)))
  const values = type.alias === undefined ? '' : `One of ${linked(type.alias, known)}.`
  const body = rows.length === 0 ? values : table(['field', 'type', 'meaning'], rows)
  return [`### ${event ?? type.name}`, type.text, body].filter((each) => each !== '').join('\n\n')
}

function allFields(type: DescribedType, known: ReadonlyMap<string, DescribedType>): readonly Field[] {
  const also = type.also.flatMap((name) => {
    const other = known.get(name)
    return other === undefined ? [] : allFields(other, known)
  })
  return [...type.fields, ...also]
}

function rowsOf(
  field: Field,
  inside: string,
  known: ReadonlyMap<string, DescribedType>,
): readonly (readonly string[])[] {
  const name = `${inside}${field.name}`
  const nested = `${name}${field.type.startsWith('object[]') ? '[]' : ''}.`
  return [
    [`\`${name}\`${field.optional ? '?' : ''}`, linked(field.type, known), field.text],
    ...field.fields.flatMap((each) => rowsOf(each, nested, known)),
  ]
}

/** A type with its literals as code, and links to the types that this page has. */
function linked(type: string, known: ReadonlyMap<string, DescribedType>): string {
  return type
    .replaceAll(' | ', ' or ')
    .replace(/'[^']*'/g, (literal) => `\`"${literal.slice(1, -1)}"\``)
    .replaceAll('Date or string', 'date')
    .replaceAll('Date', 'date')
    .replaceAll('Record<string, unknown>', 'object')
    .replace(/Readonly<object>/g, 'object')
    .replace(/\b[A-Z]\w+/g, (name) => (known.has(name) ? `[${name}](#${name.toLowerCase()})` : name))
}

/** What lines refer to by name, and what that refers to. */
function sharedTypes(
  lines: readonly DescribedType[],
  known: ReadonlyMap<string, DescribedType>,
): readonly DescribedType[] {
  const found = new Set<DescribedType>()
  const visit = (fields: readonly Field[]) => {
    for (const { type, fields: nested } of fields) {
      visit(nested)
      for (const [name] of type.matchAll(/\b[A-Z]\w+/g)) {
        const named = known.get(name)
        if (named === undefined || found.has(named)) continue
        found.add(named)
        visit(named.fields)
      }
    }
  }
  for (const line of lines) visit(allFields(line, known))
  return [...found].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
