// node test/bench/models.mjs: mig-check and mig-autogen over 50 and 1,000 tables in three schemas, in CPU seconds of the
// process and, on Linux, of the server; the clock's are beside them; and what the proof with rows adds to mig-autogen.
// BENCH_TABLES and BENCH_ROUNDS set the size.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '..', '..')
const sizes = (process.env.BENCH_TABLES ?? '50,1000').split(',').map(Number)
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const work = mkdtempSync(join(tmpdir(), 'just-mig-bench-'))
const project = join(work, 'project')
const launcher = join(project, 'scripts', 'launch.mjs')
/** The same project, whose proof has no rows. */
const without = join(work, 'without-rows')
const schemas = ['sales', 'stock', 'staff']
const models = join(project, 'bench', 'models')

/** Stands for what makes and observes rows. */
const noRows = `const nothing = () => Promise.resolve()
export const commitsBetween = () => false
export const seedBase = nothing
export const proofRows = (client, revisions) => Promise.resolve({
  revisions, observer: { afterUpgrade: nothing, afterDowngrade: nothing, afterSecondUpgrade: nothing },
})
`

/** Tells on stderr how much CPU the process took, in microseconds. */
const tellCpu =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write("\\ncpu="+(user+system)+"\\n")})'

try {
  main()
} finally {
  mig('db-reset', ['--yes'])
  rmSync(work, { recursive: true, force: true })
}

function main() {
  for (const root of [project, without]) {
    for (const name of ['justfile', 'package.json', 'scripts', 'migrations'])
      cpSync(join(repository, name), join(root, name), { recursive: true })
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  }
  writeFileSync(join(without, 'migrations', 'core', 'autogenerate', 'prove', 'rows', 'index.ts'), noRows)
  for (const size of sizes) {
    environment(size)
    mig('db-reset', ['--yes'])
    mig('mig-upgrade', ['head', 'all', '--quiet'])
    report(`mig-check cold, ${size} tables`, () => {
      forgetWanted()
      return mig('mig-check')
    })
    report(`mig-check warm, ${size} tables`, () => mig('mig-check'))
    addColumn(size)
    report(`mig-autogen of one column, ${size} tables`, () =>
      mig('mig-autogen', ['add a column', 'all', '--plan']),
    )
    reportRows(`the proof with rows, of one column, ${size} tables`)
    report(`drizzle-kit generate of one column, ${size} tables`, drizzleOf(size))
  }
}

/** @typedef {{ readonly clock: number, readonly process: number, readonly server: number }} Took in seconds */

/** @param {string} what @param {() => Took} measure */
function report(what, measure) {
  // The first round warms the caches.
  measure()
  const all = Array.from({ length: rounds }, measure).sort(
    (a, b) => a.process + a.server - b.process - b.server,
  )
  const took = all[Math.floor(all.length / 2)]
  if (took === undefined) return
  const server = Number.isNaN(took.server) ? '' : ` + ${took.server.toFixed(2)} s of the server`
  process.stdout.write(
    `${what.padEnd(52)} CPU ${took.process.toFixed(2)} s of the process${server}, ${took.clock.toFixed(2)} s by the clock\n`,
  )
}

/** What the rows add to mig-autogen: both in turns, since a machine is not always equally fast. @param {string} what */
function reportRows(what) {
  const autogen = (/** @type {string} */ root) => {
    const { process: own, server } = run(join(root, 'scripts', 'launch.mjs'), [
      'mig-autogen',
      'add a column',
      'all',
      '--plan',
    ])
    return own + (Number.isNaN(server) ? 0 : server)
  }
  const pairs = Array.from({ length: rounds + 1 }, () => [autogen(project), autogen(without)]).slice(1)
  const [proved, plain] = [0, 1].map((side) => {
    const all = pairs.map((pair) => pair[side] ?? Number.NaN).sort((a, b) => a - b)
    return all[Math.floor(all.length / 2)] ?? Number.NaN
  })
  if (proved === undefined || plain === undefined) return
  const share = ((100 * (proved - plain)) / plain).toFixed(0)
  process.stdout.write(
    `${what.padEnd(52)} CPU ${proved.toFixed(2)} s with, ${plain.toFixed(2)} s without: ${share} % more (at most 33)\n`,
  )
}

/** Writes the environment: three lines of one revision each, and models that say the same. @param {number} size */
function environment(size) {
  rmSync(join(project, 'bench'), { recursive: true, force: true })
  mkdirSync(models, { recursive: true })
  const map = schemas.map((schema) => `${schema}: '${schema}'`).join(', ')
  writeFileSync(join(project, 'bench', 'env.ts'), `export default { schemas: { ${map} } }\n`)
  schemas.forEach((schema, at) => {
    const ddl = statements(schema, tablesOf(at, size))
    const versions = join(project, 'bench', 'versions', schema)
    mkdirSync(versions, { recursive: true })
    const id = (at + 0x100000000000).toString(16)
    const head = `-- ${schema}\n--\n-- Revision: ${id}\n-- Revises: base\n-- Created: 2026-01-01T00:00:00Z\n`
    writeFileSync(
      join(versions, `20260101_000000_${id}_${schema}.sql`),
      `${head}\n-- upgrade\n\n${ddl}\n-- downgrade\n\nDROP SCHEMA ${schema} CASCADE;\n`,
    )
    writeFileSync(join(models, `${schema}.sql`), ddl)
  })
}

/** @param {number} at @param {number} size */
function tablesOf(at, size) {
  return Math.floor(size / schemas.length) + (at < size % schemas.length ? 1 : 0)
}

/** Ten columns, two checks, two indexes and a foreign key a table; views, functions, triggers and enums now and then. @param {string} schema @param {number} tables */
function statements(schema, tables) {
  const parts = [
    `CREATE TYPE ${schema}.state AS ENUM ('new', 'open', 'done');`,
    `CREATE FUNCTION ${schema}.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;`,
  ]
  for (let at = 0; at < tables; at++) {
    const table = `${schema}.item_${at}`
    parts.push(
      `CREATE TABLE ${table} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE,
  name varchar(100) NOT NULL,
  state ${schema}.state NOT NULL DEFAULT 'new',
  price numeric(12, 2) CHECK (price >= 0),
  amount integer NOT NULL DEFAULT 1 CHECK (amount > 0),
  notes text,
  tags text[] NOT NULL DEFAULT '{}',
  before_id bigint${at === 0 ? '' : ` REFERENCES ${schema}.item_${at - 1} (id)`},
  updated_at timestamptz NOT NULL DEFAULT now()
);`,
      `CREATE INDEX item_${at}_name_idx ON ${table} (lower(name));`,
      `CREATE INDEX item_${at}_open_idx ON ${table} (updated_at) WHERE state = 'open';`,
    )
    if (at % 10 === 0) {
      parts.push(
        `CREATE VIEW ${schema}.open_${at} AS SELECT id, code, price * amount AS total FROM ${table} WHERE state = 'open';`,
        `CREATE TRIGGER touch BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${schema}.touch();`,
        `CREATE FUNCTION ${schema}.total_${at}(bigint) RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT price * amount FROM ${table} WHERE id = $1 $$;`,
        `COMMENT ON TABLE ${table} IS 'items of kind ${at}';`,
      )
    }
  }
  return `${parts.join('\n')}\n`
}

/**
 * The same tables and the same column for drizzle-kit, which compares with what it wrote last: no database, no downgrade, no
 * proof. @param {number} size
 */
function drizzleOf(size) {
  const dir = join(project, 'drizzle')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir)
  const schema = drizzleTables(size)
  const generate = () => {
    const args = ['generate', '--dialect=postgresql', '--schema=drizzle/schema.ts', '--out=drizzle/out']
    return run(join(project, 'node_modules', 'drizzle-kit', 'bin.cjs'), args)
  }
  writeFileSync(join(dir, 'schema.ts'), schema)
  generate()
  cpSync(join(dir, 'out'), join(dir, 'first'), { recursive: true })
  writeFileSync(
    join(dir, 'schema.ts'),
    schema.replace("code: text('code')", "added: text('added'), code: text('code')"),
  )
  return () => {
    rmSync(join(dir, 'out'), { recursive: true })
    cpSync(join(dir, 'first'), join(dir, 'out'), { recursive: true })
    const took = generate()
    const written = readdirSync(join(dir, 'out')).filter((name) => name.endsWith('.sql'))
    if (written.length !== 2) throw new Error(`drizzle-kit saw no change: ${written.join(', ')}`)
    return took
  }
}

/** @param {number} size */
function drizzleTables(size) {
  const lines = [
    `import { sql } from 'drizzle-orm'`,
    `import { bigint, check, index, integer, numeric, pgSchema, text, timestamp, varchar } from 'drizzle-orm/pg-core'`,
  ]
  schemas.forEach((schema, line) => {
    lines.push(`export const ${schema} = pgSchema('${schema}')`)
    lines.push(`export const ${schema}State = ${schema}.enum('state', ['new', 'open', 'done'])`)
    for (let at = 0; at < tablesOf(line, size); at++) {
      const before = at === 0 ? '' : `.references(() => ${schema}${at - 1}.id)`
      lines.push(`export const ${schema}${at} = ${schema}.table('item_${at}', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  code: text('code').notNull().unique(),
  name: varchar('name', { length: 100 }).notNull(),
  state: ${schema}State('state').notNull().default('new'),
  price: numeric('price', { precision: 12, scale: 2 }),
  amount: integer('amount').notNull().default(1),
  notes: text('notes'),
  tags: text('tags').array().notNull().default([]),
  beforeId: bigint('before_id', { mode: 'number' })${before},
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
}, (table) => [
  check('item_${at}_price_check', sql\`price >= 0\`),
  check('item_${at}_amount_check', sql\`amount > 0\`),
  index('item_${at}_name_idx').on(sql\`lower(name)\`),
  index('item_${at}_open_idx').on(table.updatedAt).where(sql\`state = 'open'\`),
])`)
    }
  })
  return `${lines.join('\n')}\n`
}

/** @param {number} size */
function addColumn(size) {
  const path = join(models, `${schemas[0]}.sql`)
  const at = Math.floor(tablesOf(0, size) / 2)
  const text = readFileSync(path, 'utf8')
  const begin = `CREATE TABLE ${schemas[0]}.item_${at} (`
  writeFileSync(path, text.replace(begin, `${begin}\n  added text,`))
}

function forgetWanted() {
  for (const name of readdirSync(join(project, '.mig'), { recursive: true, encoding: 'utf8' }))
    if (/(^|\/)wanted-[^/]+$/.test(name)) rmSync(join(project, '.mig', name))
}

/** Runs a recipe to its end. @param {string} command @param {readonly string[]} [args] @returns {Took} */
function mig(command, args = []) {
  return run(launcher, [command, ...args])
}

/** @param {string} script @param {readonly string[]} args @returns {Took} */
function run(script, args) {
  const before = serverCpu()
  const started = performance.now()
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--import', tellCpu, script, ...args], {
    cwd: project,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, MIG_DIR: 'bench' },
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  const clock = (performance.now() - started) / 1000
  if (status !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`)
  const used = Number(/cpu=(\d+)\s*$/.exec(stderr)?.[1] ?? Number.NaN) / 1e6
  return { clock, process: used, server: serverCpu() - before }
}

/** CPU seconds of the project's server: its own, that of its children, and that of those which are gone; NaN where /proc does not tell. */
function serverCpu() {
  try {
    const pid = Number(
      readFileSync(join(project, '.mig', 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0],
    )
    const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
    const times = (/** @type {number | string} */ of) => {
      const fields = readFileSync(`/proc/${of}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
        .map(Number)
      const [parent, ...cpu] = [1, 11, 12, 13, 14].map((field) => fields[field] ?? 0)
      return { parent, used: (cpu[0] ?? 0) + (cpu[1] ?? 0), children: (cpu[2] ?? 0) + (cpu[3] ?? 0) }
    }
    const own = times(pid)
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          const { parent, used } = times(name)
          return parent === pid ? [used] : []
        } catch {
          return []
        }
      })
    return [own.used, own.children, ...children].reduce((sum, part) => sum + part, 0) / ticks
  } catch {
    return Number.NaN
  }
}
