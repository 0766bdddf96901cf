import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, symlink } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import type { ClientBase } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { installed } from '../../scripts/list-licences.mjs'
import { environmentText, revisionText } from '../e2e/support/project.ts'
import { databaseTest } from '../support/database.ts'
import { cleanVariables, copyOfRepository, repository, temporaryFolder } from '../support/recipes.ts'

const dockerfile = readFileSync(join(repository, 'Dockerfile'), 'utf8')
let project: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  project = await temporaryFolder({
    'migrations/env.ts': environmentText({ one: 'app_one' }),
    'migrations/versions/one/20260101_000000_aaaa00000001_t.ts': revisionText({
      id: 'aaaa00000001',
      upgrade: 'await op.execute(`CREATE TABLE t (id int)`)',
      downgrade: 'await op.execute(`DROP TABLE t`)',
    }),
    'migrations/versions/one/20260102_000000_aaaa00000002_sleep.ts': revisionText({
      id: 'aaaa00000002',
      down: 'aaaa00000001',
      upgrade: 'await op.execute(`CREATE TABLE asleep (id int)`); await op.execute(`SELECT pg_sleep(600)`)',
    }),
  })
  for (const name of ['scripts', 'node_modules', 'package.json']) {
    await symlink(join(repository, name), join(project.path, name))
  }
})
afterAll(() => project.remove())

/** Starts what the container starts, in the image's working folder, without the container. */
function container(args: readonly string[], url: string) {
  const [program = '', ...entry] = instruction('ENTRYPOINT')
  return execa(program, [...entry, ...(args.length > 0 ? args : instruction('CMD'))], {
    cwd: project.path,
    env: cleanVariables({ MIG_DATABASE_URL: url, NODE_ENV: 'production' }),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
}

function instruction(name: string): readonly string[] {
  return JSON.parse(new RegExp(`^${name} (\\[.*\\])$`, 'm').exec(dockerfile)?.[1] ?? '[]')
}

const events = (stdout: string): readonly Record<string, unknown>[] =>
  stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))

async function settled(client: ClientBase, sql: string): Promise<void> {
  while ((await client.query(sql)).rows.length === 0);
}

describe('the image', () => {
  databaseTest('holds what its command needs, built, and no more', async ({ database }) => {
    const copy = await copyOfRepository()
    const unpacked = await temporaryFolder()
    try {
      const [, command = ''] = /^RUN (node scripts\/launch\.mjs .*)$/m.exec(dockerfile) ?? []
      expect(command).toContain('run-migrations')
      await execa('sh', ['-c', command], { cwd: copy.path, env: cleanVariables(), extendEnv: false })
      // As an image that is unpacked elsewhere: other inodes and times, and the same content.
      await execa('cp', ['-r', `${copy.path}/.`, unpacked.path])
      await rm(join(unpacked.path, 'node_modules'))
      await Promise.all(imagePackages().map((name) => linkPackage(unpacked.path, name)))
      const run = (action: readonly string[], variables = {}) =>
        execa('node', [...instruction('ENTRYPOINT').slice(1), ...action], {
          cwd: unpacked.path,
          env: cleanVariables({
            ...{ MIG_DATABASE_URL: database.url, MIG_SCHEMA_FILTER: 'user', ...variables },
          }),
          extendEnv: false,
          input: '',
          reject: false,
        })
      const unable = existsSync('/bin/false') ? '/bin/false' : '/usr/bin/false'
      const { exitCode, stderr } = await run([], { ESBUILD_BINARY_PATH: unable })
      expect(stderr).not.toContain('build')
      expect(exitCode).toBe(2)
      expect(stderr).toContain('MIG-missing-argument')
      expect(events((await run(['upgrade', '+1'])).stdout).at(-1)).toMatchObject({ event: 'done', steps: 1 })
    } finally {
      await copy.remove()
      await unpacked.remove()
    }
  })
})

/** The folders of packages in the image of this platform: what npm installs without what the Dockerfile removes. */
function imagePackages(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8'))
  const [, removed = ''] = /^RUN rm -rf (.*)$/m.exec(dockerfile) ?? []
  const away = removed.split(' ').map((pattern) => pattern.replace('*', ''))
  expect(away).not.toContain('')
  return [...installed(packages)].filter((path) => {
    const isNested = path.split('node_modules/').length !== 2
    return !isNested && existsSync(join(repository, path)) && !away.some((each) => path.startsWith(each))
  })
}

async function linkPackage(folder: string, path: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await symlink(join(repository, path), join(folder, path))
}

describe('the command of the container', () => {
  databaseTest('applies what is pending, and logs JSON lines', async ({ database }) => {
    const { exitCode, stdout } = await container(['upgrade', 'aaaa00000001'], database.url)
    expect(exitCode).toBe(0)
    expect(events(stdout).map(({ event }) => event)).toEqual(expect.arrayContaining(['step-done', 'done']))
    const { stdout: current } = await container(['current'], database.url)
    expect(events(current)).toContainEqual(
      expect.objectContaining({ event: 'current', revision: 'aaaa00000001', behind: 1 }),
    )
    expect((await container(['downgrade', 'base'], database.url)).exitCode).toBe(0)
    expect((await container(['stamp', 'head'], database.url)).exitCode).toBe(0)
    const { rows } = await database.client.query('SELECT revision FROM mig.version')
    expect(rows).toEqual([{ revision: 'aaaa00000002' }])
  })

  databaseTest('hands the flags of the recipe on', async ({ database }) => {
    const { exitCode, stdout } = await container(
      ['upgrade', '+1', '--plan', '--lock-wait', '1s'],
      database.url,
    )
    expect(exitCode).toBe(0)
    expect(events(stdout).at(-1)).toMatchObject({ event: 'plan' })
    expect((await container(['current', '--check-heads'], database.url)).exitCode).toBe(1)
    expect((await container(['history', '--plan'], database.url)).exitCode).toBe(2)
  })

  databaseTest('waits for a database that comes up later', async ({ database }) => {
    const port = await closedPort()
    const url = new URL(database.url)
    url.port = String(port)
    const run = container(['upgrade', '+1'], url.href)
    await firstOutput(run.stdout, 'waiting for the database')
    const forwarder = createServer((socket) => {
      const server = connect(Number(new URL(database.url).port), '127.0.0.1')
      socket.on('error', () => undefined).pipe(server)
      server.on('error', () => undefined).pipe(socket)
    }).listen(port, '127.0.0.1')
    const { exitCode } = await run
    forwarder.close()
    expect(exitCode).toBe(0)
  })

  databaseTest('rolls back, lets go of the lock and exits 143 on SIGTERM', async ({ database }) => {
    const { client } = database
    const run = container([], database.url)
    await settled(
      client,
      `SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND datname = current_database()`,
    )
    run.kill('SIGTERM')
    expect((await run).exitCode).toBe(143)
    const { rows } = await client.query(`SELECT revision FROM mig.version`)
    expect(rows).toEqual([{ revision: 'aaaa00000001' }])
    expect((await client.query(`SELECT to_regclass('app_one.asleep') AS t`)).rows).toEqual([{ t: null }])
    const held = await client.query(
      `SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    )
    expect(held.rows).toEqual([])
  })

  test('gives up on a database that never comes up', async () => {
    const port = await closedPort()
    const { exitCode, stdout } = await container(
      ['upgrade', '--wait', '1s'],
      `postgresql://app:secret@127.0.0.1:${port}/app`,
    )
    expect(exitCode).toBe(3)
    expect(events(stdout).at(-1)).toMatchObject({ event: 'error', code: 'database-not-up' })
    expect(stdout).not.toContain('secret')
  })

  databaseTest('with --wait 0 asks once', async ({ database }) => {
    const { exitCode } = await container(['current', '--wait', '0'], database.url)
    expect(exitCode).toBe(0)
    const nobody = `postgresql://app@127.0.0.1:${await closedPort()}/app`
    const { stdout } = await container(['current', '--wait', '0'], nobody)
    expect(events(stdout).at(-1)).toMatchObject({ event: 'error', code: 'no-server' })
  })

  test('names its own help where it is used wrongly', async () => {
    const { stdout } = await container(['upgrade', 'head', 'user'], '')
    expect(events(stdout)).toMatchObject([
      { code: 'too-many-arguments', help: expect.stringContaining('launch.mjs run-migrations --help') },
    ])
  })

  databaseTest('does not wait for a database that is not there', async ({ database }) => {
    const url = new URL(database.url)
    url.pathname = '/none'
    const { exitCode, stdout } = await container(['upgrade', '--wait', '10min'], url.href)
    expect(exitCode).toBe(2)
    expect(events(stdout).at(-1)).toMatchObject({ code: 'no-database' })
  })

  test('starts no database of its own', async () => {
    const { exitCode, stdout } = await container(['upgrade'], '')
    expect(exitCode).toBe(2)
    expect(events(stdout).at(-1)).toMatchObject({ code: 'no-database-url' })
  })
})

describe('compose.yaml', () => {
  const { services } = parse(readFileSync(join(repository, 'compose.yaml'), 'utf8'))

  test('runs the migrations once the database answers, and the application once they are done', () => {
    expect(services.migrations.depends_on.database.condition).toBe('service_healthy')
    expect(services.application.depends_on.migrations.condition).toBe('service_completed_successfully')
    expect(services.database.healthcheck.test).toContain('pg_isready')
    expect(services.migrations.restart).toBe('no')
  })

  test('gives the container arguments that it knows', async () => {
    const { exitCode, stdout } = await container([...services.migrations.command, '--help'], '')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('run-migrations ACTION')
  })

  test('leads both to the database that it starts', () => {
    const { POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD } = services.database.environment
    const urls = [
      services.migrations.environment.MIG_DATABASE_URL,
      services.application.environment.DATABASE_URL,
    ]
    const wanted = `postgresql://${POSTGRES_USER}:${POSTGRES_PASSWORD}@database:5432/${POSTGRES_DB}`
    expect(urls).toEqual([wanted, wanted])
    expect(services.database.healthcheck.test).toEqual(
      expect.arrayContaining(['-U', POSTGRES_USER, '-d', POSTGRES_DB]),
    )
  })

  test('keeps no volume and waits for no service that is not there', () => {
    const { volumes } = parse(readFileSync(join(repository, 'compose.yaml'), 'utf8'))
    const named = services.database.volumes.map((mount: string) => mount.split(':')[0])
    expect(named).toEqual(Object.keys(volumes))
    const needed = Object.values<{ depends_on?: object }>(services).flatMap(({ depends_on = {} }) =>
      Object.keys(depends_on),
    )
    expect(needed.filter((name) => !(name in services))).toEqual([])
  })
})

describe('the Dockerfile', () => {
  const lines = dockerfile.replaceAll('\\\n', ' ').split('\n')
  const stages = lines.flatMap((line) => /^FROM (\S+)(?: AS (\S+))?$/.exec(line)?.slice(1) ?? [])

  test('has only instructions, and stages that are there', () => {
    const known = /^(FROM|WORKDIR|COPY|RUN|ENV|USER|ENTRYPOINT|CMD) \S|^#|^$/
    expect(lines.filter((line) => !known.test(line))).toEqual([])
    const from = [...dockerfile.matchAll(/--from=(\S+)/g)].map(([, stage]) => stage)
    expect(from.filter((stage) => !stages.includes(stage ?? ''))).toEqual([])
  })

  test('copies what there is and what .dockerignore lets through', () => {
    const ignore = readFileSync(join(repository, '.dockerignore'), 'utf8').split('\n')
    const sources = lines.flatMap((line) =>
      /^COPY (?!--from)/.test(line) ? line.split(' ').slice(1, -1) : [],
    )
    expect(sources.length).toBeGreaterThan(3)
    for (const source of sources.map((each) => each.replace('./', ''))) {
      expect(existsSync(join(repository, source)), source).toBe(true)
      expect(ignore, source).toContain(`!${source}`)
    }
  })

  test('runs as no root, on a Node that the package runs on, a file that is copied', () => {
    expect(lines.filter((line) => line.startsWith('USER '))).toEqual(['USER node'])
    const { engines } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
    const [, major = '0'] = /^node:(\d+)/.exec(stages[0] ?? '') ?? []
    expect(Number(major)).toBeGreaterThanOrEqual(Number.parseInt(engines.node.replace('>=', ''), 10))
    expect(existsSync(join(repository, instruction('ENTRYPOINT')[1] ?? ''))).toBe(true)
  })
})

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

function firstOutput(stream: NodeJS.ReadableStream, text: string): Promise<void> {
  let seen = ''
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk) => {
      seen += String(chunk)
      if (seen.includes(text)) resolve()
    })
    stream.on('end', () => reject(new Error(`it ended with: ${seen}`)))
  })
}
