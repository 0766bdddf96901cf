import fc from 'fast-check'

/** A made-up schema as SQL, from choices that fast-check makes and shrinks. */
export interface RandomSchema {
  readonly sql: string
}

const types = [
  'integer',
  'bigint',
  'text',
  'varchar(20)',
  'numeric(10,2)',
  'boolean',
  'date',
  'timestamptz',
  'jsonb',
  'text[]',
]

/** Types that cast to each other without a person's word, whatever pair two states choose. */
const kindred = ['integer', 'bigint', 'smallint', 'numeric', 'text', 'varchar(30)']

const tableNames = ['alpha', 'beta', 'gamma', 'delta']
const columnNames = ['a', 'b', 'c', 'd', 'e']

const column = fc.record({
  type: fc.constantFrom(...types),
  notNull: fc.boolean(),
  withDefault: fc.boolean(),
  check: fc.integer({ min: 0, max: 9 }),
})

const table = fc.record({
  columns: fc.dictionary(fc.constantFrom(...columnNames), column, {
    minKeys: 1,
    maxKeys: 5,
    noNullPrototype: true,
  }),
  key: fc.constantFrom('integer', 'bigint', 'bigserial', 'identity'),
  kin: fc.constantFrom(...kindred),
  reference: fc.option(fc.constantFrom(...tableNames)),
  index: fc.integer({ min: 0, max: 4 }),
  mood: fc.boolean(),
  secured: fc.boolean(),
  trigger: fc.boolean(),
  comment: fc.boolean(),
})

type Table = typeof table extends fc.Arbitrary<infer T> ? T : never

const choice = fc.record({
  tables: fc.dictionary(fc.constantFrom(...tableNames), table, { maxKeys: 4, noNullPrototype: true }),
  moods: fc.uniqueArray(fc.constantFrom('low', 'mid', 'high', 'none', 'all'), {
    minLength: 1,
    maxLength: 5,
  }),
  views: fc.boolean(),
  materialized: fc.boolean(),
  routine: fc.integer({ min: 0, max: 3 }),
  domain: fc.constantFrom(undefined, 'integer', 'bigint', 'text'),
})

/** Schemas of up to four tables with an enum, views, functions, triggers, policies and indexes between them. */
export const randomSchema: fc.Arbitrary<RandomSchema> = choice.map((made) => ({ sql: sqlOf(made) }))

/** Two schemas, and what a person says of tables and columns that have another name in the second. */
export interface RenamedPair {
  readonly before: string
  readonly after: string
  /** As `--rename` takes it. */
  readonly renames: Readonly<Record<string, string>>
}

/** Pairs of schemas; tables and columns of the first are in the second by other names, whatever else differs. */
export const renamedPair: fc.Arbitrary<RenamedPair> = fc
  .record({
    before: choice,
    after: choice,
    tables: fc.subarray(tableNames.slice(0, 2)),
    column: fc.constantFrom(...columnNames),
  })
  .map(({ before, after, tables, column: old }) => {
    const renames: Record<string, string> = {}
    const wanted: Record<string, Table> = {}
    for (const [name, made] of Object.entries(after.tables)) {
      if (!(tables.includes(name) && name in before.tables)) wanted[name] = made
    }
    for (const [name, made] of Object.entries(before.tables)) {
      if (tables.includes(name)) {
        renames[`rfx_user.${name}`] = `${name}_new`
        wanted[`${name}_new`] = { ...made, reference: null }
      } else if (old in made.columns) {
        renames[`rfx_user.${name}.${old}`] = 'renamed'
        const columns = Object.entries(made.columns).map(([key, value]) => [
          key === old ? 'renamed' : key,
          value,
        ])
        wanted[name] = { ...made, columns: Object.fromEntries(columns) as Table['columns'] }
      }
    }
    return { before: sqlOf(before), after: sqlOf({ ...after, tables: wanted }), renames }
  })

interface Choice {
  readonly tables: Readonly<Record<string, Table>>
  readonly moods: readonly string[]
  readonly views: boolean
  readonly materialized: boolean
  readonly routine: number
  readonly domain: string | undefined
}

function sqlOf({ tables, moods, views, materialized, routine, domain }: Choice): string {
  const out: string[] = [`CREATE TYPE mood AS ENUM (${moods.map((mood) => `'${mood}'`).join(', ')})`]
  if (domain !== undefined) out.push(`CREATE DOMAIN code AS ${domain} CHECK (VALUE IS NOT NULL OR true)`)
  const returns = ['integer', 'bigint', 'text', 'numeric'][routine] ?? 'text'
  out.push(
    `CREATE FUNCTION answer() RETURNS ${returns} LANGUAGE sql STABLE AS $$ SELECT ${routine + 40}::${returns} $$`,
  )
  out.push(
    `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN ${routine > 1 ? 'new' : 'NULL'}; END $$`,
  )
  const names = Object.keys(tables)
  for (const [name, given] of Object.entries(tables)) out.push(...tableSql(name, given, moods, domain))
  for (const [name, { reference }] of Object.entries(tables)) {
    if (reference !== null && names.includes(reference)) {
      out.push(
        `ALTER TABLE ${name} ADD COLUMN ref ${keyType(tables[reference]?.key)} REFERENCES ${reference} ON DELETE SET NULL`,
      )
    }
  }
  if (views)
    for (const [name, given] of Object.entries(tables)) out.push(...viewSql(name, given, materialized))
  return out.map((sql) => `${sql};`).join('\n')
}

function tableSql(
  name: string,
  given: Table,
  moods: readonly string[],
  domain: string | undefined,
): readonly string[] {
  const columns = Object.entries(given.columns).map(([column, { type, notNull, withDefault, check }]) => {
    const value = defaultOf(type)
    return [
      `${column} ${type}`,
      notNull ? 'NOT NULL' : '',
      withDefault ? `DEFAULT ${value}` : '',
      check === 1 ? `CHECK (${column} <> ${value})` : '',
    ].join(' ')
  })
  const key = given.key === 'identity' ? 'bigint GENERATED ALWAYS AS IDENTITY' : given.key
  const body = [
    `id ${key} PRIMARY KEY`,
    `kin ${given.kin}`,
    ...columns,
    ...(given.mood ? [`mood mood DEFAULT '${moods[0]}' CHECK (mood <> '${moods.at(-1)}')`] : []),
    ...(domain !== undefined && given.secured ? ['code code'] : []),
  ]
  const first = Object.keys(given.columns)[0] ?? 'id'
  const indexes = [
    [],
    [`CREATE INDEX ${name}_x ON ${name} (kin)`],
    [`CREATE UNIQUE INDEX ${name}_x ON ${name} (id, kin)`],
    [`CREATE INDEX ${name}_x ON ${name} ((kin::text)) WHERE kin IS NOT NULL`],
    given.mood
      ? [`CREATE INDEX ${name}_x ON ${name} (mood) WHERE mood <> '${moods[0]}'`]
      : [`CREATE INDEX ${name}_x ON ${name} (kin DESC)`],
  ]
  return [
    `CREATE TABLE ${name} (${body.join(', ')})`,
    ...(indexes[given.index] ?? []),
    ...(given.secured
      ? [
          `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`,
          `CREATE POLICY own ON ${name} USING (kin::text <> '${given.index}')`,
        ]
      : []),
    ...(given.trigger
      ? [`CREATE TRIGGER touched BEFORE UPDATE OF kin ON ${name} FOR EACH ROW EXECUTE FUNCTION touch()`]
      : []),
    ...(given.comment ? [`COMMENT ON COLUMN ${name}.${first} IS 'of ${given.kin}'`] : []),
  ]
}

function viewSql(name: string, given: Table, materialized: boolean): readonly string[] {
  const columns = ['id', 'kin', ...Object.keys(given.columns)].join(', ')
  return [
    `CREATE VIEW ${name}_v AS SELECT ${columns} FROM ${name}`,
    materialized
      ? `CREATE MATERIALIZED VIEW ${name}_w AS SELECT kin, count(*) AS n FROM ${name}_v GROUP BY kin`
      : `CREATE VIEW ${name}_w AS SELECT kin, answer() AS n FROM ${name}_v`,
  ]
}

function keyType(key: string | undefined): string {
  return key === 'integer' ? 'integer' : 'bigint'
}

function defaultOf(type: string): string {
  switch (type) {
    case 'boolean':
      return 'true'
    case 'date':
      return "'2026-01-01'"
    case 'timestamptz':
      return "'2026-01-01 00:00:00+00'"
    case 'jsonb':
      return "'{}'"
    case 'text[]':
      return "'{}'"
    case 'text':
    case 'varchar(20)':
      return "'x'"
    default:
      return '0'
  }
}
