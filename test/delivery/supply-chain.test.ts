import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { licenceList } from '../../scripts/list-licences.mjs'
import { repository } from '../support/recipes.ts'

const text = (...path: readonly string[]) => readFileSync(join(repository, ...path), 'utf8')

/** The registry that the lock file was completed with has no such package, so that its digest could not be known. */
const withoutDigest = [
  ...['darwin-arm64', 'darwin-x64', 'linux-arm', 'linux-arm64', 'linux-armv7', 'linux-loong64'].map(
    (name) => `rust-just-${name}`,
  ),
  ...['linux-riscv64', 'windows-arm64', 'windows-x64'].map((name) => `rust-just-${name}`),
]

describe('what is installed', () => {
  const { packages } = JSON.parse(text('package-lock.json')) as {
    packages: Record<
      string,
      { integrity?: string; resolved?: string; link?: boolean; peerDependencies?: object }
    >
  }
  const entries = Object.entries(packages).filter(([path]) => path !== '')

  test('is locked by its SHA-512, but for programs of other platforms that are named here', () => {
    const loose = entries.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))
    expect(loose.map(([path]) => path.replace('node_modules/', ''))).toEqual(withoutDigest)
  })

  test('comes from the registry, not from a folder, a URL or a repository', () => {
    const elsewhere = entries.filter(
      ([, { resolved = 'https://registry.npmjs.org/', link }]) =>
        link === true || !resolved.startsWith('https://registry.npmjs.org/'),
    )
    expect(elsewhere).toEqual([])
  })

  test('asks for no peer that has peers: npm would match those with what a project has, although they are optional', () => {
    const { peerDependencies } = JSON.parse(text('package.json')) as { peerDependencies: object }
    const peers = Object.keys(peerDependencies).map((name) => packages[`node_modules/${name}`])
    expect(peers.filter((peer) => peer === undefined || peer.peerDependencies !== undefined)).toEqual([])
  })

  test('runs no script, wherever this project installs', () => {
    for (const file of [['Dockerfile'], ['.ci', 'run'], ['.github', 'workflows', 'migrations-ci.yml']]) {
      const commands = text(...file).match(/npm (?:ci|install|i)\b.*/g) ?? []
      expect(commands.length, file.join('/')).toBeGreaterThan(0)
      for (const command of commands) expect(command, file.join('/')).toContain('--ignore-scripts')
    }
  })

  test('has a licence that lets anybody use it, as docs/licences.md lists them', () => {
    expect(text('docs', 'licences.md'), 'run node scripts/list-licences.mjs').toBe(licenceList())
    const licences = [...licenceList().matchAll(/^## (.*)$/gm)].map(([, name]) => name)
    const permissive = /^\(?(0BSD|Apache-2\.0|BSD-[23]-Clause|CC0-1\.0|ISC|MIT)( OR (Apache-2\.0|MIT)\))?$/
    expect(licences.filter((name) => !permissive.test(name ?? ''))).toEqual([])
  })
})

test('actions are pinned by commit, and the token of the checkout is not kept', () => {
  const folder = ['.github', 'workflows']
  for (const name of readdirSync(join(repository, ...folder))) {
    const workflow = text(...folder, name)
    const uses = [...workflow.matchAll(/uses: (.*)$/gm)].map(([, action]) => action)
    for (const action of uses) expect(action, name).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    expect(workflow.match(/actions\/checkout@/g)?.length).toBe(
      workflow.match(/persist-credentials: false/g)?.length,
    )
  }
})

test("the image's files are root's and read-only, and its command runs as another user", () => {
  const dockerfile = text('Dockerfile')
  const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  expect(final).not.toContain('--chown')
  expect(final).toMatch(/^USER node$/m)
  expect(dockerfile).toMatch(/^RUN chmod -R a\+rX,a-w \.$/m)
})
