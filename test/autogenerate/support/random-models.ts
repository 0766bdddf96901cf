import fc from 'fast-check'

/** What a statement is made of: its form, and numbers that choose names and variants. */
const drawn: fc.Arbitrary<Drawn> = fc.record({
  form: fc.nat(1_000_000),
  /** What it is about, and what it names. */
  names: fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)),
  variant: fc.nat(9999),
})

interface Drawn {
  readonly form: number
  readonly names: readonly [number, number, number]
  readonly variant: number
}

const edit = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('gone', 'varied', 'replaced', 'added'),
  by: drawn,
})

/** Statements in three schemas, and the same after some were changed. Not all can be run. */
export interface ChangedModels {
  readonly old: readonly string[]
  readonly next: readonly string[]
}

/** Forms and names that are always there, so that most others can be run: enums, functions, tables. */
const always = [
  ...[0, 1].map((name) => [0, name]),
  ...[0, 1, 2].map((name) => [4, name]),
  ...[0, 1, 2, 3, 72].map((name) => [8, name]),
] as const

/** Models of every kind of object, each of which uses others in every way, and a change of one or two statements. */
export const changedModels: fc.Arbitrary<ChangedModels> = fc
  .record({
    always: fc.tuple(...always.map(() => drawn)),
    others: fc.array(drawn, { minLength: 8, maxLength: 30 }),
    edits: fc.array(edit, { minLength: 1, maxLength: 2 }),
  })
  .map(({ always: first, others, edits }) => {
    const given = first.map((each, at) => {
      const [form = 0, name = 0] = always[at] ?? []
      return { ...each, form, names: [name, each.names[1], each.names[2]] as const }
    })
    const statements: readonly Drawn[] = [...given, ...others]
    const next = edits.reduce((all, { at, how, by }) => {
      const place = at % all.length
      const old = all[place]
      if (how === 'added' || old === undefined) return all.toSpliced(place, 0, by)
      if (how === 'gone') return all.toSpliced(place, 1)
      return all.with(place, how === 'varied' ? { ...old, variant: by.variant } : by)
    }, statements)
    return { old: inOrder(statements), next: inOrder(next) }
  })

function inOrder(statements: readonly Drawn[]): readonly string[] {
  const made = statements.map(({ form, names, variant }) => {
    const at = form % forms.length
    return { at, sql: forms[at]?.(names, variant) ?? '' }
  })
  const sorted = made.sort((one, other) => one.at - other.at).map(({ sql }) => sql)
  return [...new Set(sorted)]
}

const schemas = ['app_user', 'app_policy', 'app_message']
const relations = [
  'one',
  'two',
  '"Two"',
  '"one two"',
  'app_policy',
  '"x.one"',
  `${'x'.repeat(57)}aaa`,
  'one_n',
]
const routines = ['twice', '"Twice"', 'n', 'one', 'lower', 'counts']
const kinds = ['mood', '"Mood"', 'pair', 'one', 'code']

/** A name in one of the schemas; the first is that of the models' own line. */
function among(all: readonly string[], number: number): string {
  const name = all[number % all.length] ?? ''
  const place = Math.trunc(number / all.length) % 4
  return place === 3 ? name : `${schemas[place]}.${name}`
}

/** Mostly those that {@link always} makes. */
const relation = (number: number) => among(relations, number < 70 ? number % 4 : number)
const routine = (number: number) => among(routines, number < 70 ? number % 3 : number)
const kind = (number: number) => among(kinds, number < 70 ? number % 2 : number)

/** One of several, of whose numbers others are independent. */
function pick<T>(variant: number, digit: number, ...all: readonly T[]): T {
  return all[Math.trunc(variant / 7 ** digit) % all.length] as T
}

type Form = (names: readonly [number, number, number], variant: number) => string

/** In an order in which they can be run. */
const forms: readonly Form[] = [
  ([a], v) => `CREATE TYPE ${kind(a)} AS ENUM (${pick(v, 0, `'a', 'b'`, `'a'`, `'a', 'b', 'c'`)})`,
  ([a, b], v) =>
    `CREATE DOMAIN ${kind(a)} AS ${pick(v, 0, 'int', 'text', kind(b), `${kind(b)}[]`)} ${pick(v, 1, '', 'NOT NULL')}`,
  ([a, b], v) =>
    `CREATE TYPE ${kind(a)} AS (n int, y ${kind(b)}${pick(v, 0, '', '[]')}${pick(v, 1, '', ', z int')})`,
  ([a], v) =>
    `CREATE SEQUENCE ${relation(a)}_${pick(v, 0, 'id_seq', 'n_seq', 'q')} ${pick(v, 1, '', 'INCREMENT 2')}`,
  ([a, b], v) =>
    `CREATE FUNCTION ${routine(a)}(x ${pick(v, 0, 'int', 'bigint')}${pick(v, 1, '', ` DEFAULT ${routine(b)}(1)`)}) RETURNS int ${pick(v, 2, 'IMMUTABLE', 'STABLE')} LANGUAGE sql AS 'SELECT ${pick(v, 3, '1', '2', `${routine(b)}(1)`)}'`,
  ([a, b], v) =>
    `CREATE FUNCTION ${routine(a)}(x int) RETURNS int IMMUTABLE LANGUAGE sql RETURN ${pick(v, 0, `${routine(b)}(x)`, '1', '2')}`,
  ([a, b], v) =>
    `CREATE AGGREGATE ${routine(a)}(int) (SFUNC = ${pick(v, 0, 'int4pl', `${routine(b)}_next`)}, STYPE = int)`,
  ([a, b], v) => `CREATE DOMAIN ${kind(a)} AS int CHECK (${routine(b)}(VALUE) > ${pick(v, 0, 0, 1)})`,
  table,
  table,
  table,
  ([a, b], v) =>
    `CREATE TABLE ${relation(a)} (${pick(v, 0, 'x int', `x ${kind(b)}`, 'n int')}) INHERITS (${relation(b)})`,
  ([a, b], v) =>
    `CREATE TABLE ${relation(a)} (LIKE ${relation(b)} ${pick(v, 0, 'INCLUDING ALL', 'INCLUDING DEFAULTS', '')})`,
  ([a], v) =>
    `CREATE TABLE ${relation(a)} (id int PRIMARY KEY, n int, t text) PARTITION BY RANGE (id) ${pick(v, 0, '', 'WITH ()')}`,
  ([a, b], v) =>
    `CREATE TABLE ${relation(a)} PARTITION OF ${relation(b)} ${pick(v, 0, `FOR VALUES FROM (${v % 9}) TO (${(v % 9) + 1})`, 'DEFAULT')}`,
  ([a, b, c], v) =>
    `ALTER TABLE ${relation(a)} ADD COLUMN x ${pick(v, 0, 'int', kind(b), relation(c), `${relation(c)}[]`)} ${pick(v, 1, '', 'UNIQUE')}`,
  ([a, b], v) =>
    `ALTER TABLE ${relation(a)} ADD CONSTRAINT ${pick(v, 0, 'k', 'one_n_key')} ${pick(v, 1, `CHECK (${routine(b)}(n) > 0)`, `FOREIGN KEY (n) REFERENCES ${relation(b)}`, 'UNIQUE (n, id)', 'UNIQUE (n)')}`,
  ([a, b], v) =>
    `ALTER TABLE ${relation(a)} ${pick(v, 0, 'ENABLE ROW LEVEL SECURITY', `ALTER COLUMN n SET DEFAULT ${routine(b)}(2)`, 'ALTER COLUMN t SET STORAGE MAIN', `ALTER COLUMN n SET DEFAULT nextval('${relation(b)}_id_seq')`, `INHERIT ${relation(b)}`, 'ALTER COLUMN n SET NOT NULL')}`,
  ([a, b], v) =>
    `CREATE FUNCTION ${routine(a)}(x ${relation(b)}) RETURNS int ${pick(v, 0, 'IMMUTABLE', 'STABLE')} LANGUAGE sql AS 'SELECT ${pick(v, 1, 1, 2)}'`,
  ([a, b], v) =>
    `CREATE FUNCTION ${routine(a)}(x int) RETURNS ${pick(v, 0, `SETOF ${relation(b)}`, relation(b), `TABLE (n ${relation(b)}.n%TYPE)`)} STABLE LANGUAGE ${pick(v, 1, `sql AS 'SELECT NULL'`, `plpgsql AS 'BEGIN RETURN; END'`)}`,
  ([a, b], v) =>
    `CREATE FUNCTION ${routine(a)}_rows(x int) RETURNS SETOF ${relation(b)} STABLE LANGUAGE sql BEGIN ATOMIC SELECT * FROM ${relation(b)} ${pick(v, 0, '', 'WHERE n > x')}; END`,
  ([a, b], v) =>
    `CREATE FUNCTION ${routine(a)}(x int) RETURNS bigint STABLE LANGUAGE sql AS ${pick(v, 0, `$$ SELECT count(*) FROM ${relation(b)} $$`, `E'SELECT count(*) FROM\\n${relation(b)}'`)}`,
  ([a, b], v) =>
    `CREATE FUNCTION ${routine(a)}_t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${pick(v, 0, '', `PERFORM 1 FROM ${relation(b)};`)} RETURN ${pick(v, 1, 'NEW', 'NULL')}; END $$`,
  view,
  view,
  view,
  ([a, b], v) =>
    `CREATE ${pick(v, 0, '', 'UNIQUE')} INDEX ${pick(v, 1, '', 'k', 'one_n_idx')} ON ${relation(a)} (${pick(v, 2, 'n', 'n, id', `(${routine(b)}(n))`, '(lower(t))')})`,
  ([a, b], v) =>
    `CREATE TRIGGER ${pick(v, 0, 'g', '"g on two"')} ${pick(v, 1, 'BEFORE', 'AFTER', 'INSTEAD OF')} INSERT ON ${relation(a)} FOR EACH ROW EXECUTE FUNCTION ${routine(b)}_t()`,
  ([a, b, c], v) =>
    `CREATE POLICY ${pick(v, 0, 'p', '"p on two"')} ON ${relation(a)} USING (${pick(v, 1, `n > ${routine(b)}(1)`, `EXISTS (SELECT 1 FROM ${relation(c)} z WHERE z.n = 1)`, 'true')})`,
  ([a, b], v) =>
    `CREATE RULE r AS ON INSERT TO ${relation(a)} DO ${pick(v, 0, 'ALSO', 'INSTEAD')} INSERT INTO ${relation(b)} (n) VALUES (new.n)`,
  ([a, b], v) =>
    `CREATE STATISTICS ${pick(v, 0, 'app_user.st', 'app_policy.st')} ON ${pick(v, 1, 'n', `(${routine(b)}(n))`)}, id FROM ${relation(a)}`,
  ([a], v) =>
    `ALTER VIEW ${relation(a)} ${pick(v, 0, 'SET (security_invoker)', 'ALTER COLUMN n SET DEFAULT 1')}`,
  ([a], v) =>
    `COMMENT ON ${pick(v, 0, `TABLE ${relation(a)}`, `COLUMN ${relation(a)}.n`, `VIEW ${relation(a)}`, `TYPE ${kind(a)}`, `FUNCTION ${routine(a)}`, `POLICY p ON ${relation(a)}`, `CONSTRAINT k ON ${relation(a)}`)} IS '${pick(v, 1, 'x', 'y', 'app_user.one')}'`,
]

function table([a, b, c]: readonly [number, number, number], v: number): string {
  const key = pick(v, 0, 'int', 'serial', 'int GENERATED ALWAYS AS IDENTITY', 'bigint')
  const more = pick(
    v,
    1,
    '',
    `, m ${kind(b)}`,
    `, m ${kind(b)} DEFAULT 'a'`,
    `, m ${kind(b)}[]`,
    `, g int GENERATED ALWAYS AS (${routine(b)}(n)) STORED`,
    `, CHECK (${routine(b)}(n) > 0)`,
    ', EXCLUDE USING gist (int4range(n, n + 1) WITH &&)',
  )
  const refers = pick(
    v,
    2,
    '',
    `, up int REFERENCES ${relation(c)}`,
    `, FOREIGN KEY (n) REFERENCES ${relation(c)} ON DELETE SET NULL (n)`,
    `, up int REFERENCES ${relation(c)} (n)`,
    `, r ${relation(c)}`,
    `, CHECK (n IS NOT NULL), up int DEFAULT nextval('${relation(c)}_id_seq')`,
  )
  return `CREATE TABLE ${relation(a)} (id ${key} PRIMARY KEY, n int ${pick(v, 3, '', 'UNIQUE', 'NOT NULL', `DEFAULT ${routine(b)}(1)`)}, t text${more}${refers})`
}

function view([a, b, c]: readonly [number, number, number], v: number): string {
  const body = pick(
    v,
    0,
    `SELECT id, n, t FROM ${relation(b)}`,
    `SELECT * FROM ${relation(b)}`,
    `SELECT o.id, z.n, o.t FROM ${relation(b)} o JOIN ${relation(c)} z USING (n)`,
    `SELECT id, ${routine(c)}(n) AS n, t FROM ${relation(b)}`,
    `SELECT id, n, t FROM ${relation(b)} GROUP BY id`,
    `SELECT o.id, o.${routines[c % routines.length]} AS n, o.t FROM ${relation(b)} o`,
    `SELECT o.id, o.n, o.t FROM ${relation(b)} AS o NATURAL JOIN ${relation(c)}`,
  )
  return `CREATE ${pick(v, 1, '', '', 'MATERIALIZED')} VIEW ${relation(a)}${pick(v, 2, '', '_v')} AS ${body}`
}
