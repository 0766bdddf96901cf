import { classMember, declaredType, enumMembers } from '../declared-types.ts'
import type { ClassStatement, Scope } from '../scope.ts'
import { type Call, evaluate, type Value } from '../values.ts'
import { functionOf } from './calls.ts'
import type { Machine } from './machine.ts'
import { dict, fromValue, type Py, type PyObject, plain, toValue, Unfollowed } from './objects.ts'

/**
 * A class of the project: a type of a column, a table in the words of SQLAlchemy's mapper (`__tablename__`), or names
 * that stand together.
 */
export function classOf(statement: ClassStatement, home: Scope, machine: Machine): Py {
  const { line, name } = statement
  if (enumMembers({ kind: 'class', statement, home }) !== undefined) return enumClass(statement, home)
  const type = declaredType({ kind: 'class', statement, home }, undefined)
  if (type !== undefined) return typeClass(statement, home, type)
  const table = tableOf(statement, home)
  const members = statement.body
  const object: PyObject = {
    kind: 'object',
    type: `class ${name}`,
    async get(member) {
      const found = members.findLast(
        (one) =>
          (one.kind === 'assign' && one.names.includes(member)) ||
          (one.kind === 'function' && one.name === member),
      )
      if (member === '__table__' && table !== undefined) return { kind: 'term', value: table }
      if (table !== undefined && !member.startsWith('__'))
        return { kind: 'term', value: columnOf(table, member, line) }
      if (found?.kind === 'assign') return fromValue(evaluate(found.value, home))
      if (found?.kind === 'function')
        return functionOf(found, { names: new Map(), up: undefined, home, depth: 0 }, machine)
      return undefined
    },
    async call() {
      throw new Unfollowed(`an object of the class ${name}`, line)
    },
    ...(table === undefined ? {} : { term: table }),
  }
  return object
}

/** A Python enumeration: its members, by name and in order. */
function enumClass({ name, body, line }: ClassStatement, home: Scope): Py {
  const members = body.flatMap((one): readonly PyObject[] => {
    if (one.kind !== 'assign') return []
    return one.names.map((member) => ({
      kind: 'object',
      type: `member of ${name}`,
      get: async (attribute) =>
        attribute === 'name'
          ? member
          : attribute === 'value'
            ? fromValue(evaluate(one.value, home))
            : undefined,
    }))
  })
  const names = body.flatMap((one) => (one.kind === 'assign' ? one.names : []))
  const byName = (member: string) => members[names.indexOf(member)]
  return {
    kind: 'object',
    type: `class ${name}`,
    enumeration: { name, members: names },
    get: async (member) =>
      member === '__members__'
        ? dict(names.map((one) => [one, byName(one) ?? null] as const))
        : byName(member),
    items: async () => members,
    item: async (key) => byName(plain(key) ?? ''),
    term: { kind: 'path', path: `${home.name}.${name}`, line },
  }
}

/** A type of a column that the project declares. */
function typeClass(statement: ClassStatement, home: Scope, type: Value): Py {
  const found = { kind: 'class', statement, home } as const
  const path = `${home.name}.${statement.name}`
  return {
    kind: 'object',
    type: `class ${statement.name}`,
    term: { kind: 'path', path, type, line: statement.line },
    async get(name) {
      const member = classMember(found, name)
      return member && fromValue(member)
    },
    async call({ positional, keywords, line }) {
      const call: Call = {
        kind: 'call',
        path,
        positional: positional.map((item) => toValue(item, line)),
        keywords: new Map([...keywords].map(([name, item]) => [name, toValue(item, line)])),
        line,
      }
      const made = declaredType(found, call)
      if (made === undefined) throw new Unfollowed(`the type ${statement.name}`, line)
      return { kind: 'term', value: { ...call, type: made } }
    },
  }
}

/** The table of a mapped class, by its name and columns. */
function tableOf({ body, line }: ClassStatement, home: Scope): Value | undefined {
  const named = body.find((one) => one.kind === 'assign' && one.names.includes('__tablename__'))
  const name = named?.kind === 'assign' ? evaluate(named.value, home) : undefined
  if (name?.kind !== 'text') return undefined
  const columns = body.flatMap((one): readonly Value[] => {
    if (one.kind !== 'assign') return []
    const value = evaluate(one.value, home)
    if (value.kind !== 'call' || value.path !== 'sqlalchemy.Column') return []
    const [first] = value.positional
    const own: Value = { kind: 'text', text: one.names[0] ?? '', line }
    return [first?.kind === 'text' ? value : { ...value, positional: [own, ...value.positional] }]
  })
  return {
    kind: 'call',
    path: 'sqlalchemy.Table',
    positional: [name, ...columns],
    keywords: new Map(),
    line,
  }
}

/** `table.c.name` */
export function columnOf(table: Value, name: string, line: number): Value {
  const columns: Value = { kind: 'method', of: table, name: 'c', positional: [], keywords: new Map(), line }
  return { kind: 'method', of: columns, name, positional: [], keywords: new Map(), line }
}
