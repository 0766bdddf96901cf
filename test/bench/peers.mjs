// The other tools, where they are installed.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runs } from './programs.mjs'

/**
 * @typedef {object} Peers
 * @property {boolean} psql
 * @property {string | undefined} alembic the Python that has Alembic and psycopg2
 * @property {string | undefined} nodePgMigrate its script
 * @property {string | undefined} drizzleKit its script
 * @property {readonly string[]} absent a line for each that is not there
 */

/** @returns {Promise<Peers>} */
export async function findPeers() {
  /** @type {string[]} */
  const absent = []
  const psql = await runs('psql', ['--version'])
  if (!psql) absent.push('psql is not installed: the upgrade and the tenants are not compared with it.')
  const alembic = await pythonWithAlembic()
  if (alembic === undefined)
    absent.push('No Python has alembic and psycopg2: nothing is compared with Alembic.')
  const nodePgMigrate = scriptOf('node-pg-migrate', 'bin', 'node-pg-migrate.js')
  if (nodePgMigrate === undefined)
    absent.push('node-pg-migrate is not installed (npm ci): the upgrade is not compared with it.')
  const drizzleKit = scriptOf('drizzle-kit', 'bin.cjs')
  if (drizzleKit === undefined)
    absent.push('drizzle-kit is not installed (npm ci): mig-autogen is not compared with it.')
  absent.push(
    'Prisma Migrate is not compared: its schema engine is a download that no package of the registry has.',
  )
  return { psql, alembic, nodePgMigrate, drizzleKit, absent }
}

async function pythonWithAlembic() {
  for (const python of ['python3', '/usr/bin/python3'])
    if (await runs(python, ['-c', 'import alembic, psycopg2'])) return python
  return undefined
}

/** @param {...string} path in node_modules */
function scriptOf(...path) {
  const file = join(resolve(import.meta.dirname, '..', '..'), 'node_modules', ...path)
  return existsSync(file) ? file : undefined
}
