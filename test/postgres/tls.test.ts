import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseDatabaseUrl } from '../../migrations/core/postgres/connection/database-url.ts'
import { sslAttempts } from '../../migrations/core/postgres/connection/tls.ts'

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
    for (const query of ['?sslmode=allow', '?sslmode=prefer'])
      for (const host of ['db.example', 'localhost', '127.0.0.1'])
        expect(attempts(query, host, true)).toMatchObject([{ rejectUnauthorized: false }])
    expect(() => attempts('?sslmode=disable', 'db.example', true)).toThrow(/IAM token in plain text/)
    vi.stubEnv('PGSSLMODE', 'disable')
    expect(() => attempts('', 'db.example', true)).toThrow(/IAM token in plain text/)
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

describe('what other drivers call it', () => {
  const modeOf = (query: string) => parseDatabaseUrl(`postgresql://u@h/d?${query}`).parameters.sslmode

  test.each([
    ['ssl=require', 'require'],
    ['ssl=verify-full', 'verify-full'],
    ['ssl=true', 'verify-full'],
    ['ssl=1', 'verify-full'],
    ['ssl', 'verify-full'],
    ['ssl=false', 'disable'],
    ['ssl=disable', 'disable'],
    ['ssl=no-verify', 'require'],
    ['SSL=true', 'verify-full'],
    ['sslMode=verify-full', 'verify-full'],
    ['sslMode=VERIFY-CA', 'verify-ca'],
    ['ssl_mode=verify-full', 'verify-full'],
    ['ssl-mode=verify-full', 'verify-full'],
    ['sslmode=no-verify', 'require'],
    ['requiressl=1', 'require'],
    ['sslmode=require&ssl=require', 'require'],
  ])('%s is sslmode=%s', (query, mode) => {
    expect(modeOf(query)).toBe(mode)
  })

  test('sslRootCert and the like are those of libpq', () => {
    const { parameters } = parseDatabaseUrl(
      'postgresql://u@h/d?sslRootCert=/ca&sslMinProtocolVersion=TLSv1.3',
    )
    expect(parameters).toEqual({ sslrootcert: '/ca', ssl_min_protocol_version: 'TLSv1.3' })
  })

  test.each([
    'channel_binding=require',
    'channelBinding=require',
    'gssencmode=require',
    'gssEncMode=require',
    'require_auth=scram-sha-256',
    'sslaccept=strict',
    'sslfactory=org.postgresql.ssl.NonValidatingFactory',
    'sslnegotiation=direct',
    'sslcertmode=require',
    'sslcrldir=/crl',
    'sslidentity=client.p12',
    'sslsomething=new',
    'ssl[ca]=x',
    'tls=true',
    'useSSL=true',
    'sslmode=require&ssl=false',
    'sslmode=disable&sslmode=verify-full',
  ])('%s is refused by name', (query) => {
    const [name = ''] = query.split(/[=&]/)
    expect(() => parseDatabaseUrl(`postgresql://u:s3cret@h/d?${query}`)).toThrow(
      expect.objectContaining({
        code: 'bad-database-url',
        message: expect.stringMatching(new RegExp(`:.*${name.replace(/[[\]]/g, '.')}`)),
      }),
    )
  })

  test('what asks for no more than is done is left alone', () => {
    const query = 'channel_binding=prefer&gssencmode=disable&sslnegotiation=postgres&sslsni=1&pool_size=3'
    expect(parseDatabaseUrl(`postgresql://u@h/d?${query}`).parameters).toEqual({})
  })

  test('an unknown mode is an error, under each name', () => {
    for (const name of ['ssl', 'sslmode', 'sslMode'])
      expect(() => attempts(`?${name}=verify`)).toThrow(/unknown sslmode "verify"/)
  })

  test.each([
    ['PGCHANNELBINDING', 'require'],
    ['PGGSSENCMODE', 'require'],
    ['PGREQUIREAUTH', 'scram-sha-256'],
    ['PGREQUIRESSL', '1'],
    ['PGSSLNEGOTIATION', 'direct'],
    ['PGSSLCERTMODE', 'require'],
  ])('%s=%s is refused too', (name, value) => {
    vi.stubEnv(name, value)
    expect(() => attempts('')).toThrow(
      expect.objectContaining({ code: 'ssl-error', message: expect.stringContaining(`${name}=${value}`) }),
    )
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
