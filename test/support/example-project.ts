import { writeFileSync } from 'node:fs'
import { cp, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { execa } from 'execa'
import pg from 'pg'
import { temporaryProject } from '../e2e/support/project.ts'
import { runBlock } from './pages.ts'
import { recipe, repository } from './recipes.ts'

/** A clone of the repository with an embedded server of its own, for pages to be read in. */
export interface ExampleProject {
  readonly path: string
  /** Puts files and databases where they are after a clone and its first upgrade. */
  readonly restart: () => Promise<void>
  /** Runs a program that uses the package on an empty database; the database's URL. */
  readonly runProgram: (text: string) => Promise<string>
  readonly remove: () => Promise<void>
}

/** The example as a fresh clone has it: no server yet, nothing applied. */
export async function exampleProject(): Promise<ExampleProject> {
  const { path, remove } = await temporaryProject()
  for (const name of ['Makefile', 'package.json', 'test/environments'])
    await cp(join(repository, name), join(path, name), { recursive: true })
  const migrations = join(repository, 'migrations')
  const copyMigrations = () =>
    cp(migrations, join(path, 'migrations'), { recursive: true, filter: isOfProject })
  await copyMigrations()
  await symlink(join(migrations, 'core'), join(path, 'migrations', 'core'))
  // A clone has its files in git: the tutorial ends by going back to them.
  await execa('bash', ['-c', 'git init -q && git add migrations'], { cwd: path })
  const own = [...(await readdir(path)), '.mig']
  const template = 'example_at_head'
  let url: string | undefined

  const restart = async () => {
    const others = (await readdir(path)).filter((name) => !own.includes(name))
    const project = (await readdir(join(path, 'migrations'))).filter((name) => name !== 'core')
    const stale = [...others, ...project.map((name) => join('migrations', name))]
    for (const name of stale) await rm(join(path, name), { recursive: true })
    await copyMigrations()
    url ??= await databaseUrl(path)
    const isThere = await onServer(url, async (client) => {
      const { rows } = await client.query<{ datname: string }>(
        `SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1', $1)`,
        [template],
      )
      for (const { datname } of rows) await client.query(`DROP DATABASE "${datname}" WITH (FORCE)`)
      const made = await client.query('SELECT FROM pg_database WHERE datname = $1', [template])
      const from = made.rowCount === 0 ? '' : ` TEMPLATE ${template}`
      await client.query(`CREATE DATABASE app${from}`)
      return made.rowCount !== 0
    })
    if (isThere) return
    await runBlock(path, 'just mig-upgrade')
    await onServer(url, (client) => client.query(`CREATE DATABASE ${template} TEMPLATE app`))
  }

  const runProgram = async (text: string) => {
    const program = new URL(await databaseUrl(path))
    await onServer(program.href, (client) => client.query('CREATE DATABASE program'))
    program.pathname = '/program'
    writeFileSync(join(path, 'program.ts'), text.replace("'just-mig'", "'./migrations/core/index.ts'"))
    const [outfile, absWorkingDir, entryPoints] = ['program.mjs', path, ['program.ts']]
    const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const
    await build({ absWorkingDir, entryPoints, outfile, ...options })
    await runBlock(path, `DATABASE_URL='${program.href}' node program.mjs`)
    return program.href
  }

  return {
    path,
    restart,
    runProgram,
    async remove() {
      await recipe(['db-reset', '--yes'], { cwd: path })
      await remove()
    },
  }
}

const isOfProject = (path: string) => path !== join(repository, 'migrations', 'core')

async function databaseUrl(path: string): Promise<string> {
  return (await runBlock(path, 'just db-url 2>/dev/null')).trim()
}

async function onServer<Result>(url: string, body: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const server = new URL(url)
  server.pathname = '/postgres'
  const client = new pg.Client({ connectionString: server.href })
  await client.connect()
  try {
    return await body(client)
  } finally {
    await client.end()
  }
}
