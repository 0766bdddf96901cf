import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseDatabaseUrl } from '../../migrations/core/postgres/database-url.ts'
import { sslAttempts } from '../../migrations/core/postgres/tls.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'just-mig-home-'))
  vi.stubEnv('HOME', home)
  for (const name of ['MODE', 'ROOTCERT', 'CERT', 'KEY', 'CRL', 'MINPROTOCOLVERSION', 'MAXPROTOCOLVERSION'])
    vi.stubEnv(`PGSSL${name}`, undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

const attempts = (query: string, host = 'db.example', iam = false) =>
  sslAttempts(parseDatabaseUrl(`postgresql://u@${host}/d${query}`), iam)
const file = (name: string, text: string) => {
  mkdirSync(join(home, '.postgresql'), { recursive: true })
  const path = join(home, '.postgresql', name)
  writeFileSync(path, text)
  return path
}

describe('sslmode', () => {
  test('without one prefers encryption, and asks this machine’s own server without first', () => {
    expect(attempts('')).toMatchObject([{ rejectUnauthorized: false }, false])
    expect(attempts('', 'localhost')).toMatchObject([false, { rejectUnauthorized: false }])
  })

  test('without one never sends a token in plain text', () => {
    expect(attempts('', 'db.example', true)).toMatchObject([{ rejectUnauthorized: false }])
    expect(attempts('', 'db.example', true)).toHaveLength(1)
  })

  test('comes from PGSSLMODE where the URL has none', () => {
    vi.stubEnv('PGSSLMODE', 'disable')
    expect(attempts('')).toEqual([false])
    expect(attempts('?sslmode=allow')).toHaveLength(2)
  })

  test.each(['verify-ca', 'verify-full'])('%s needs a root certificate', (mode) => {
    expect(() => attempts(`?sslmode=${mode}`)).toThrow(/needs a root certificate/)
  })

  test('verify-full checks certificate and host name, verify-ca the certificate alone', () => {
    file('root.crt', 'the CA')
    const [full] = attempts('?sslmode=verify-full')
    expect(full).toMatchObject({ rejectUnauthorized: true, ca: 'the CA' })
    expect(full).not.toHaveProperty('checkServerIdentity')
    const [ca] = attempts('?sslmode=verify-ca')
    expect(ca).toMatchObject({ rejectUnauthorized: true, checkServerIdentity: expect.any(Function) })
  })

  test('require is verify-ca where there is a root certificate, as in libpq', () => {
    expect(attempts('?sslmode=require')).toMatchObject([{ rejectUnauthorized: false }])
    file('root.crt', 'the CA')
    expect(attempts('?sslmode=require')).toMatchObject([{ rejectUnauthorized: true, ca: 'the CA' }])
  })

  test('is verify-full for the operating system’s certificates, and nothing weaker', () => {
    const [full] = attempts('?sslrootcert=system')
    expect(full).toMatchObject({ rejectUnauthorized: true })
    expect(full).not.toHaveProperty('ca')
    expect(() => attempts('?sslrootcert=system&sslmode=require')).toThrow(/needs sslmode verify-full/)
  })
})

describe('the files and protocol versions', () => {
  test('come from the URL, else the variables, else ~/.postgresql', () => {
    file('postgresql.crt', 'default cert')
    file('postgresql.key', 'default key')
    vi.stubEnv('PGSSLKEY', file('other.key', 'variable’s key'))
    const crl = file('url.crl', 'URL’s list')
    const [first] = attempts(`?sslmode=require&sslcrl=${encodeURIComponent(crl)}&sslpassword=p`)
    expect(first).toMatchObject({
      cert: 'default cert',
      key: 'variable’s key',
      crl: 'URL’s list',
      passphrase: 'p',
    })
  })

  test('a file that is not there is an error that names it', () => {
    expect(() => attempts('?sslmode=require&sslrootcert=/no/such.pem')).toThrow(/\/no\/such\.pem/)
  })

  test('TLS is 1.2 at least unless the URL says else', () => {
    expect(attempts('?sslmode=require')).toMatchObject([{ minVersion: 'TLSv1.2' }])
    expect(attempts('?sslmode=require&ssl_min_protocol_version=TLSv1.3')).toMatchObject([
      { minVersion: 'TLSv1.3' },
    ])
    expect(() => attempts('?sslmode=require&ssl_min_protocol_version=2')).toThrow(
      /unknown ssl_min_protocol_version/,
    )
  })
})
