import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect } from '../../migrations/core/postgres/connection/connection.ts'
import { ensured, query, usingProject } from '../support/embedded.ts'

const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' })
const missing = openssl.status === 0 ? undefined : 'there is no openssl to make certificates with'
if (missing !== undefined) process.stderr.write(`skipped: TLS handshakes, since ${missing}\n`)

describe.skipIf(missing !== undefined)('a connection to a server with a certificate', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'just-mig-tls-'))
    vi.stubEnv('HOME', folder)
    certificates(folder)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })

  test(
    'is encrypted as sslmode says, and refused where certificate or host name is wrong',
    () =>
      usingProject(async (root) => {
        const { server } = await ensured(root)
        const url = server.url('postgres')
        await encrypt(url, folder)
        const [ca, other] = ['ca.crt', 'other.crt'].map((name) => `&sslrootcert=${join(folder, name)}`)
        const at = (host: string, parameters: string) => `${url.replace('127.0.0.1', host)}?${parameters}`
        const outcomes: Record<string, unknown> = {}
        const attempt = async (name: string, target: string) => {
          outcomes[name] = await encryption(target)
        }
        await attempt('disable', at('127.0.0.1', 'sslmode=disable'))
        await attempt('prefer', at('127.0.0.1', 'sslmode=prefer'))
        await attempt('require', at('127.0.0.1', 'sslmode=require'))
        await attempt('verify-ca', at('127.0.0.1', `sslmode=verify-ca${ca}`))
        await attempt('verify-full, by name', at('localhost', `sslmode=verify-full${ca}`))
        await attempt('verify-full, by address', at('127.0.0.1', `sslmode=verify-full${ca}`))
        await attempt('another CA', at('127.0.0.1', `sslmode=verify-ca${other}`))
        await attempt('another CA, required', at('127.0.0.1', `sslmode=require${other}`))
        await query(url, 'ALTER SYSTEM SET ssl = off', 'SELECT pg_reload_conf()')
        await vi.waitFor(async () => expect(await encryption(at('127.0.0.1', 'sslmode=prefer'))).toBe(false))
        await attempt('required of a server without', at('127.0.0.1', 'sslmode=require'))
        expect(outcomes).toEqual({
          disable: false,
          prefer: true,
          require: true,
          'verify-ca': true,
          'verify-full, by name': true,
          'verify-full, by address': 'ssl-error',
          'another CA': 'ssl-error',
          'another CA, required': 'ssl-error',
          'required of a server without': 'ssl-error',
        })
      }),
    60_000,
  )
})

/** Whether the server says that the session is encrypted, or the code of the error. */
async function encryption(url: string): Promise<unknown> {
  try {
    const client = await connect({ url, applicationName: 'tls test' })
    const { rows } = await client.query<{ ssl: boolean }>(
      'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    )
    await client.end()
    return rows[0]?.ssl
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

/** Gives the server its certificate, and waits until it takes it. */
async function encrypt(url: string, folder: string): Promise<void> {
  const [found] = (await query(url, 'SHOW data_directory')) as { readonly data_directory: string }[]
  const data = found?.data_directory ?? ''
  const { uid, gid } = statSync(data)
  for (const name of ['server.crt', 'server.key']) {
    const file = join(data, name)
    execFileSync('cp', [join(folder, name), file])
    chownSync(file, uid, gid)
    chmodSync(file, 0o600)
  }
  await query(url, 'ALTER SYSTEM SET ssl = on', 'SELECT pg_reload_conf()')
  await vi.waitFor(async () => expect(await encryption(`${url}?sslmode=require`)).toBe(true), 10_000)
}

/** A CA with a certificate for `localhost`, and a CA that nobody knows. */
function certificates(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const make = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const key = ['-newkey', 'rsa:2048', '-nodes']
  for (const name of ['ca', 'other'])
    make(
      'req',
      '-x509',
      ...key,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
    )
  make('req', ...key, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr')
  writeFileSync(join(folder, 'server.ext'), 'subjectAltName=DNS:localhost\n')
  const signing = [
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'server.ext',
  ]
  make('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.crt')
}
