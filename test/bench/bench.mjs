// npm run bench: times the recipes against psql and, where it is installed, Alembic; prints medians and ratios, then
// what models.mjs measures.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '..', '..')
const runs = Number(process.env.BENCH_RUNS ?? 7)
const work = mkdtempSync(join(tmpdir(), 'just-mig-bench-'))
const project = join(work, 'project')

try {
  main()
} finally {
  mig('db-stop')
  rmSync(work, { recursive: true, force: true })
}

await import('./models.mjs')

function main() {
  for (const name of ['justfile', 'package.json', 'scripts', 'migrations']) {
    cpSync(join(repository, name), join(project, name), { recursive: true })
  }
  symlinkSync(join(repository, 'node_modules'), join(project, 'node_modules'))
  const alembic = spawnSync('alembic', ['--version']).status === 0
  const psql = spawnSync('psql', ['--version']).status === 0
  mig('db-start')
  /** @type {string[][]} */
  const rows = []
  const node = median(() => run('node', ['-e', '1']))
  const help = median(() => mig('mig-current', ['--help']))
  rows.push(['start of a script', text(help), 'node -e 1', text(node), ratio(help, node), '2.5'])
  for (const [count, aim] of /** @type {const} */ ([
    [10, ''],
    [500, '0.3'],
    [5000, '0.08'],
  ])) {
    const env = environment(count)
    const ours = median(() => mig('mig-current', [], env))
    if (!alembic) rows.push([`mig-current, ${count} files`, text(ours), 'alembic', 'not installed', '', aim])
    else {
      const theirs = median(alembicCurrent(count, url()), count > 1000 ? 3 : runs)
      rows.push([
        `mig-current, ${count} files`,
        text(ours),
        'alembic current',
        text(theirs),
        ratio(ours, theirs),
        aim,
      ])
    }
  }
  if (psql) rows.push(upgradeAgainstPsql(500))
  print(['what', 'just-mig', 'peer', 'peer took', 'ratio', 'aim at most'], rows)
}

/** @param {number} count */
function upgradeAgainstPsql(count) {
  const env = environment(count)
  const script = join(work, 'upgrade.sql')
  writeFileSync(
    script,
    execFileSync(process.execPath, [launcher(), 'mig-sql', 'base:head'], {
      cwd: project,
      env: variables(env),
      maxBuffer: 1e9,
    }),
  )
  const target = url(env)
  /** @type {number[]} */
  const ours = []
  /** @type {number[]} */
  const theirs = []
  for (let round = 0; round <= runs; round++) {
    reset(target)
    const first = mig('mig-upgrade', ['head', 'all', '--quiet'], env)
    reset(target)
    const second = run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', script, target])
    // The first round warms the caches of both.
    if (round > 0) {
      ours.push(first)
      theirs.push(second)
    }
  }
  return [
    `mig-upgrade, ${count} revisions`,
    text(middle(ours)),
    'psql -f of the same',
    text(middle(theirs)),
    ratio(middle(ours), middle(theirs)),
    '1.25',
  ]
}

/** @param {string} target */
function reset(target) {
  run('psql', [
    '-X',
    '-q',
    '-c',
    'DROP SCHEMA IF EXISTS mig CASCADE; DROP SCHEMA IF EXISTS bench CASCADE',
    target,
  ])
}

/** An environment folder with a line of `count` revisions. @param {number} count */
function environment(count) {
  const dir = `bench${count}`
  const versions = join(project, dir, 'versions', 'bench')
  mkdirSync(versions, { recursive: true })
  writeFileSync(join(project, dir, 'env.ts'), "export default { schemas: { bench: 'bench' } }\n")
  for (let at = 0; at < count; at++) {
    writeFileSync(join(versions, `20260101_${String(at).padStart(6, '0')}_${id(at)}_step.ts`), revision(at))
  }
  return { MIG_DIR: dir }
}

/** @param {number} at */
function id(at) {
  return (at + 0x100000000000).toString(16)
}

/** @param {number} at */
function revision(at) {
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
  await op.execute(\`CREATE TABLE bench.t${at} (id bigint PRIMARY KEY, name text NOT NULL)\`);
  await op.execute(\`CREATE INDEX t${at}_name_idx ON bench.t${at} (name)\`);
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(\`DROP TABLE bench.t${at}\`);
}
`
}

/** @param {number} count @param {string} target */
function alembicCurrent(count, target) {
  const dir = join(work, `alembic${count}`)
  mkdirSync(join(dir, 'versions'), { recursive: true })
  writeFileSync(join(dir, 'alembic.ini'), `[alembic]\nscript_location = ${dir}\n`)
  writeFileSync(
    join(dir, 'env.py'),
    `from alembic import context
from sqlalchemy import create_engine
engine = create_engine('${target.replace(/^postgres(ql)?:/, 'postgresql:')}')
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`,
  )
  for (let at = 0; at < count; at++) {
    writeFileSync(
      join(dir, 'versions', `${id(at)}_step.py`),
      `"""step ${at}"""\nfrom alembic import op\nrevision = '${id(at)}'\ndown_revision = ${at === 0 ? 'None' : `'${id(at - 1)}'`}\nbranch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n    op.execute("CREATE TABLE bench.t${at} (id bigint PRIMARY KEY, name text NOT NULL)")\n    op.execute("CREATE INDEX t${at}_name_idx ON bench.t${at} (name)")\n\n\ndef downgrade():\n    op.execute("DROP TABLE bench.t${at}")\n`,
    )
  }
  return () => run('alembic', ['-c', join(dir, 'alembic.ini'), 'current'])
}

function launcher() {
  return join(project, 'scripts', 'launch.mjs')
}

/** @param {Readonly<Record<string, string>>} [extra] */
function variables(extra = {}) {
  return { PATH: process.env.PATH, HOME: process.env.HOME, ...extra }
}

/** @param {string} command @param {readonly string[]} [args] @param {Readonly<Record<string, string>>} [extra] */
function mig(command, args = [], extra = {}) {
  return run(process.execPath, [launcher(), command, ...args], extra)
}

/** @param {Readonly<Record<string, string>>} [extra] */
function url(extra = {}) {
  return execFileSync(process.execPath, [launcher(), 'db-url'], {
    cwd: project,
    env: variables(extra),
    encoding: 'utf8',
  }).trim()
}

/** Runs a program to its end; the milliseconds that it took. @param {string} program @param {readonly string[]} args @param {Readonly<Record<string, string>>} [extra] */
function run(program, args, extra = {}) {
  const started = performance.now()
  const { status, stderr } = spawnSync(program, args, {
    cwd: project,
    env: variables(extra),
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - started
}

/** @param {() => number} measure @param {number} [times] */
function median(measure, times = runs) {
  measure()
  return middle(Array.from({ length: times }, measure))
}

/** @param {readonly number[]} values */
function middle(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** @param {number} ms */
function text(ms) {
  return `${Math.round(ms)} ms`
}

/** @param {number} a @param {number} b */
function ratio(a, b) {
  return (a / b).toFixed(2)
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function print(head, rows) {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  for (const row of [head, ...rows]) {
    process.stdout.write(
      `${row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
}
