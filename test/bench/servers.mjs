import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { serverCpu } from './machine.mjs'
import { makeProject } from './project.mjs'
import { median } from './statistics.mjs'

/**
 * @typedef {object} Server
 * @property {string} name `durable` or `fast`
 * @property {string} about what a commit costs there
 * @property {string} version PostgreSQL's
 * @property {(prepare?: readonly string[]) => Promise<string>} newDatabase a database in which these statements have run; its URL
 * @property {(url: string) => Promise<void>} drop drops one of them
 * @property {(url: string, statements: readonly string[]) => Promise<void>} query
 * @property {() => Promise<void>} forgetTemplates drops the databases that the tool keeps there between commands
 * @property {() => number} cpu milliseconds of the processor so far
 * @property {() => Promise<void>} stop
 */

const ramDisk = '/dev/shm'
const roomNeeded = 4 * 2 ** 30

/**
 * Starts a server of the embedded PostgreSQL: a durable one as the tool has it, or one that waits for no disk.
 * @param {string} name `durable` or `fast` @param {string | undefined} dir where a durable one has its data
 * @returns {Promise<Server>}
 */
export async function startServer(name, dir = tmpdir()) {
  const place = name === 'fast' && hasRamDisk() ? ramDisk : dir
  const root = mkdtempSync(join(place, 'just-mig-bench-'))
  // The server's own user must enter it, where root runs this.
  chmodSync(root, 0o755)
  const project = makeProject(join(root, 'server'))
  const stop = async () => {
    await project.mig('db-stop', [], { evenInterrupted: true })
    rmSync(root, { recursive: true, force: true })
  }
  try {
    await project.mig('db-start')
    const admin = (await project.mig('db-url')).trim()
    const client = new pg.Client(admin)
    await client.connect()
    try {
      if (name === 'fast')
        for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes'])
          await client.query(`ALTER SYSTEM SET ${setting} = off`)
      await client.query('SELECT pg_reload_conf()')
      const { rows } = await client.query('SHOW server_version')
      const commit = await commitTime(client)
      const kind =
        name === 'fast'
          ? `fsync off${place === ramDisk ? ', data in memory' : ''}`
          : 'each commit waits for the disk'
      return {
        ...{
          name,
          version: String(rows[0]?.server_version),
          about: `${kind}; a commit takes ${commit.toFixed(2)} ms`,
        },
        ...databases(admin),
        cpu: () => serverCpu(postmaster(project.root)),
        stop,
      }
    } finally {
      await client.end()
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function hasRamDisk() {
  if (!existsSync(ramDisk)) return false
  const { bavail, bsize } = statfsSync(ramDisk)
  return bavail * bsize > roomNeeded
}

/** @param {string} root */
function postmaster(root) {
  const file = join(root, '.mig', 'postgres', 'data', 'postmaster.pid')
  return Number(readFileSync(file, 'utf8').split('\n')[0])
}

/** Milliseconds. @param {pg.Client} client */
async function commitTime(client) {
  await client.query('CREATE TABLE commit_time (n int)')
  const all = []
  for (let at = 0; at < 50; at++) {
    const started = performance.now()
    await client.query(`INSERT INTO commit_time VALUES (${at})`)
    all.push(performance.now() - started)
  }
  await client.query('DROP TABLE commit_time')
  return median(all)
}

/** @param {string} admin */
function databases(admin) {
  let made = 0
  const named = (/** @type {string} */ name) => {
    const url = new URL(admin)
    url.pathname = `/${name}`
    return url.href
  }
  return {
    /** @param {readonly string[]} [prepare] */
    async newDatabase(prepare = []) {
      const name = `bench_${process.pid}_${made++}`
      await query(admin, [`CREATE DATABASE ${name}`])
      // What comes before is not written to the disk while somebody is timed.
      await query(named(name), [...prepare, 'CHECKPOINT'])
      return named(name)
    },
    /** @param {string} url */
    drop: (url) => query(admin, [`DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`]),
    query,
    async forgetTemplates() {
      const { rows } = await answer(
        admin,
        `SELECT format('DROP DATABASE %I WITH (FORCE)', datname) AS drop FROM pg_database WHERE datname LIKE 'mig\\_template\\_%'`,
      )
      await query(
        admin,
        rows.map(({ drop }) => String(drop)),
      )
    },
  }
}

/** @param {string} url @param {readonly string[]} statements each in a message of its own */
async function query(url, statements) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    for (const sql of statements) await client.query(sql)
  } finally {
    await client.end()
  }
}

/** @param {string} url @param {string} sql */
async function answer(url, sql) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
