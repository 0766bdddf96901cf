// node test/bench/tenants.mjs: a tenant line against psql running the same statements on as many connections, the memory
// that it takes, and the run that has nothing to do. BENCH_TENANTS, BENCH_REVISIONS, BENCH_JOBS and BENCH_ROUNDS set the size.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '..', '..')
const tenants = Number(process.env.BENCH_TENANTS ?? 2000)
const revisions = Number(process.env.BENCH_REVISIONS ?? 20)
const jobs = Number(process.env.BENCH_JOBS ?? 4)
const rounds = Number(process.env.BENCH_ROUNDS ?? 1)
const idle = Number(process.env.BENCH_IDLE ?? 10_000)
const work = mkdtempSync(join(tmpdir(), 'just-mig-bench-'))
const project = join(work, 'project')
const launcher = join(project, 'scripts', 'launch.mjs')

/** Tells on stderr how much memory the process took at most, in kB. */
const tellMemory =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("rss="+process.resourceUsage().maxRSS+"\\n"))'

try {
  await main()
} finally {
  await mig('db-stop')
  rmSync(work, { recursive: true, force: true })
}

async function main() {
  for (const name of ['justfile', 'package.json', 'scripts', 'migrations'])
    cpSync(join(repository, name), join(project, name), { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(project, 'node_modules'))
  await mig('db-start')
  writeEnvironment()
  const names = Array.from({ length: tenants }, (_, at) => `tenant_${String(at).padStart(5, '0')}`)
  const scripts = await psqlScripts(names)
  /** @type {number[]} */
  const ratios = []
  for (let round = 0; round < rounds; round++) {
    const runs = [upgrade, (/** @type {string} */ url) => psql(url, scripts)]
    // Who comes second works while the disk still has the first one's writes, so each begins in turn.
    const order = round % 2 === 0 ? [0, 1] : [1, 0]
    /** @type {{ ms: number }[]} */
    const took = []
    for (const at of order) took[at] = await onNewDatabase(names, (url) => runs[at]?.(url) ?? upgrade(url))
    const [ours = { ms: 0 }, theirs = { ms: 1 }] = took
    ratios.push(ours.ms / theirs.ms)
    say(
      `${tenants} tenants × ${revisions} revisions on ${jobs} connections: just-mig ${seconds(ours.ms)}, psql ${seconds(theirs.ms)}, ratio ${(ours.ms / theirs.ms).toFixed(2)} (aim at most 1.3)`,
    )
  }
  say(`median ratio ${(ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0).toFixed(2)}`)
  for (const count of [Math.ceil(tenants / 10), tenants]) {
    const { rss } = await onNewDatabase(names.slice(0, count), (url) => upgrade(url))
    say(`memory at ${count} tenants: ${Math.round(rss / 1024)} MB at most`)
  }
  await noOp()
}

/** The run over tenants that are all at head, against the start of a script. */
async function noOp() {
  const names = Array.from({ length: idle }, (_, at) => `tenant_${String(at).padStart(5, '0')}`)
  await onNewDatabase(names, async (url) => {
    await mig('mig-upgrade', ['head', 'tenant', '--tenants', '0:1', '--quiet'], url)
    sql(url, [
      `INSERT INTO mig.version SELECT nspname, (SELECT revision FROM mig.version) FROM pg_namespace WHERE nspname ~ '^tenant_' AND nspname <> '${names[0]}'`,
    ])
    const start = (await mig('mig-upgrade', ['--help'], url)).ms
    const { ms } = await upgrade(url)
    say(
      `nothing to do over ${idle} tenants: ${seconds(ms)}, ${seconds(ms - start)} beyond the start (aim at most 2 s)`,
    )
    return { ms, rss: 0 }
  })
}

/** @param {string} url */
function upgrade(url) {
  return mig('mig-upgrade', ['head', 'tenant', '--tenants', 'all', '--jobs', String(jobs), '--quiet'], url)
}

/** The statements of every tenant, with their transactions and ledger rows, one file per connection. @param {readonly string[]} names */
async function psqlScripts(names) {
  const marker = 'tenant_marker'
  const text = execFileSync(
    process.execPath,
    [launcher, 'mig-sql', 'base:head', 'tenant', '--tenants', marker],
    {
      cwd: project,
      env: { ...process.env, MIG_DIR: 'bench' },
      encoding: 'utf8',
      maxBuffer: 1e9,
    },
  )
  // Without the script's guards, which a run by psql alone would not have.
  const [head = '', ...steps] = text.replace(/^DO \$mig\$[\s\S]*?\$mig\$;\n/gm, '').split(/^(?=-- upgrade )/m)
  const parts = Array.from({ length: jobs }, () => /** @type {string[]} */ ([]))
  for (const [at, name] of names.entries()) parts[at % jobs]?.push(steps.join('').replaceAll(marker, name))
  const files = parts.map((part, at) => {
    const file = join(work, `part${at}.sql`)
    writeFileSync(file, part.join(''))
    return file
  })
  return { head, files }
}

/** @param {string} url @param {{ readonly head: string, readonly files: readonly string[] }} scripts */
async function psql(url, { head, files }) {
  sql(url, [head.replace(/^--.*$/gm, '')])
  const started = performance.now()
  await Promise.all(
    files.map((file) =>
      ended('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', file, url]),
    ),
  )
  return { ms: performance.now() - started, rss: 0 }
}

/**
 * A database with these schemas, gone after the body: to drop thousands of tenants one by one would take longer.
 * @template Result
 * @param {readonly string[]} names
 * @param {(url: string) => Promise<Result>} body
 */
async function onNewDatabase(names, body) {
  const admin = execFileSync(process.execPath, [launcher, 'db-url'], {
    cwd: project,
    encoding: 'utf8',
  }).trim()
  const name = `bench_${Date.now()}`
  sql(admin, [`CREATE DATABASE ${name}`])
  const url = new URL(admin)
  url.pathname = `/${name}`
  try {
    sql(
      url.href,
      names.map((schema) => `CREATE SCHEMA ${schema}`),
    )
    sql(url.href, ['CHECKPOINT'])
    return await body(url.href)
  } finally {
    sql(admin, [`DROP DATABASE ${name} WITH (FORCE)`])
  }
}

/** @param {string} url @param {readonly string[]} statements */
function sql(url, statements) {
  const { status, stderr } = spawnSync(
    'psql',
    ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', url],
    {
      input: `${statements.join(';\n')};\n`,
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(stderr)
}

/** A recipe's script to its end: milliseconds, and the most memory in kB. @param {string} command @param {readonly string[]} [args] @param {string} [url] */
async function mig(command, args = [], url) {
  const started = performance.now()
  const extra = url === undefined ? {} : { MIG_DATABASE_URL: url, MIG_DIR: 'bench' }
  const errors = await ended(process.execPath, ['--import', tellMemory, launcher, command, ...args], extra)
  const [, rss = '0'] = /rss=(\d+)/.exec(errors) ?? []
  return { ms: performance.now() - started, rss: Number(rss) }
}

/** Runs a program to its end and returns what it said on stderr. @param {string} program @param {readonly string[]} args @param {Readonly<Record<string, string>>} [extra] @returns {Promise<string>} */
function ended(program, args, extra = {}) {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      cwd: project,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...extra },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', (chunk) => {
      errors += String(chunk)
    })
    child.on('exit', (code) =>
      code === 0 ? done(errors) : fail(new Error(`${program} ended with ${code}: ${errors}`)),
    )
  })
}

/** A tenant line: each odd revision makes a table and an index, each even one adds a column to it. */
function writeEnvironment() {
  const versions = join(project, 'bench', 'versions', 'tenant')
  mkdirSync(versions, { recursive: true })
  const env = "export default { schemas: { tenant: { tenants: { like: 'tenant\\\\_%' } } } }\n"
  writeFileSync(join(project, 'bench', 'env.ts'), env)
  for (let at = 0; at < revisions; at++)
    writeFileSync(join(versions, `20260101_${String(at).padStart(6, '0')}_${id(at)}_step.ts`), revision(at))
}

/** @param {number} at */
function revision(at) {
  const table = `t${at - (at % 2)}`
  const up =
    at % 2 === 0
      ? `await op.execute('CREATE TABLE ${table} (id bigint PRIMARY KEY, name text NOT NULL)');
  await op.execute('CREATE INDEX ${table}_name_idx ON ${table} (name)');`
      : `await op.execute('ALTER TABLE ${table} ADD COLUMN note text');`
  return `/**
 * step ${at}
 *
 * Revision: ${id(at)}
 * Revises: ${at === 0 ? '' : id(at - 1)}
 * Created: 2026-01-01T00:00:00Z
 */
import type { Operations } from '../../core/index.ts';

export const revision = '${id(at)}';
export const downRevision = ${at === 0 ? 'null' : `'${id(at - 1)}'`};
export const dependsOn: string[] = [];
export const branchLabels: string[] = [];

export async function upgrade(op: Operations): Promise<void> {
  ${up}
}

export async function downgrade(op: Operations): Promise<void> {}
`
}

/** @param {number} at */
function id(at) {
  return (at + 0x100000000000).toString(16)
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`)
}
