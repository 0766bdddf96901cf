import { describe, expect, test } from 'vitest'
import { nameText, readName } from '../../migrations/core/autogenerate/questions/names.ts'
import { resolvedRenames } from '../../migrations/core/autogenerate/renames/resolve.ts'
import { renameSteps } from '../../migrations/core/autogenerate/renames/statements.ts'
import type { NamedKind, NamedObject } from '../../migrations/core/difference/index.ts'
import type { MigError } from '../../migrations/core/index.ts'

const top = (kind: NamedKind, schema: string, name: string, args?: readonly string[]): NamedObject => ({
  kind,
  schema,
  parent: null,
  name,
  args: args ?? null,
})
const part = (kind: NamedKind, schema: string, parent: string, name: string): NamedObject => ({
  kind,
  schema,
  parent: { kind: kind === 'value' ? 'type' : 'table', name: parent },
  name,
  args: null,
})

const source = [
  top('table', 'app', 't'),
  part('column', 'app', 't', 'id'),
  part('column', 'app', 't', 'note'),
  part('constraint', 'app', 't', 'note'),
  top('type', 'app', 'st'),
  part('value', 'app', 'st', 'new'),
  part('value', 'app', 'st', 'in.work'),
  top('function', 'app', 'f', ['integer']),
  top('function', 'app', 'f', ['text', 'numeric(1,2)']),
]
const wanted = [
  top('table', 'app', 'u'),
  part('column', 'app', 'u', 'id'),
  part('column', 'app', 'u', 'text'),
  part('constraint', 'app', 'u', 'text'),
  top('table', 'other', 't'),
  top('type', 'app', 'st'),
  part('value', 'app', 'st', 'fresh'),
  part('value', 'app', 'st', 'at work'),
  top('function', 'app', 'g', ['integer']),
]

const statements = (given: Readonly<Record<string, string>>): readonly string[] =>
  renameSteps(resolvedRenames(given, { source, wanted }), source).map(({ action }) => action.sql)

function refusal(given: Readonly<Record<string, string>>): string {
  try {
    return statements(given).join(';')
  } catch (error) {
    const { code, message, help } = error as MigError
    return `${code}: ${message} · ${help}`
  }
}

describe('what --rename names', () => {
  test.for([
    ['app.t', 'app.t'],
    ['app.t.id', 'app.t.id'],
    ['app.st."in.work"', 'app.st."in.work"'],
    ['app."a""b.c"', 'app."a""b.c"'],
    ['app.f(text, numeric(1,2))', 'app.f(text, numeric(1,2))'],
  ] as const)('%s reads as it is written', ([text]) => {
    const { parts, args } = readName(text)
    const [schema = '', second = '', third] = parts
    const object: NamedObject = {
      ...(third === undefined ? top('table', schema, second) : part('column', schema, second, third)),
      args: args ?? null,
    }
    expect(nameText(object)).toBe(text)
  })

  test('is a table with its columns, by the old name of the table or by the new one', () => {
    const expected = ['ALTER TABLE app.t RENAME COLUMN note TO text', 'ALTER TABLE app.t RENAME TO u']
    expect(statements({ 'app.t': 'u', 'column app.t.note': 'text' })).toEqual(expected)
    expect(statements({ 'column app.u.note': 'text', 'app.t': 'u' })).toEqual(expected)
  })

  test('is a table in another schema, values of an enum, and one of several functions', () => {
    expect(statements({ 'app.t': 'other.t' })).toEqual(['ALTER TABLE app.t SET SCHEMA other'])
    expect(statements({ 'app.st.new': 'fresh', 'app.st."in.work"': 'at work' })).toEqual([
      "ALTER TYPE app.st RENAME VALUE 'new' TO 'fresh'",
      "ALTER TYPE app.st RENAME VALUE 'in.work' TO 'at work'",
    ])
    expect(statements({ 'app.f(integer)': 'g' })).toEqual(['ALTER FUNCTION app.f(integer) RENAME TO g'])
  })

  test('has to be in the database, and in the models', () => {
    expect(refusal({ 'app.x': 'u' })).toMatch(/^not-a-rename: app has no table or other object x; it has t/)
    expect(refusal({ 'app.t.nope': 'text' })).toMatch(/^not-a-rename: app.t has no column nope; it has note/)
    expect(refusal({ 'app.st.old': 'fresh' })).toMatch(/app.st has no value old; it has new, in.work/)
    expect(refusal({ 'app.x.id': 'text' })).toMatch(/app has no table or type x/)
    expect(refusal({ 'app.t': 'w' })).toMatch(/in the models app has no table w; it has u/)
    expect(refusal({ 'app.t': 'u', 'app.t.id': 'idd' })).toMatch(
      /in the models app.u has no column idd; it has id/,
    )
    expect(refusal({ t: 'u' })).toMatch(/t needs its schema or table/)
    expect(refusal({ 'app.t(': 'u' })).toMatch(/^bad-flag/)
  })

  test('has its kind before it where two things have the name', () => {
    const both = refusal({ 'app.t': 'u', 'app.t.note': 'text' })
    expect(both).toMatch(/app.t.note names several objects/)
    expect(both).toContain("--rename 'column app.t.note=text' or --rename 'constraint app.t.note=text'")
  })

  test('cannot get the name of what keeps it, and nothing advises to omit it', () => {
    const taken = { source, wanted: [...wanted, top('table', 'app', 't'), part('column', 'app', 't', 'id')] }
    expect(() => resolvedRenames({ 'app.t.note': 'id' }, taken)).toThrow(/the database already has app.t.id/)
    expect(refusal({ 'app.x': 'u' })).not.toMatch(/leave .*out|omit/)
  })
})
