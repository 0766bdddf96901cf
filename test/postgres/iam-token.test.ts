import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { connect } from '../../migrations/core/postgres/connection/connection.ts'
import { parseDatabaseUrl } from '../../migrations/core/postgres/connection/database-url.ts'
import { iamToken, usesIam } from '../../migrations/core/postgres/connection/iam-token.ts'

const keys = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: 'session/token==',
}
const host = 'shop.cluster-abc123.eu-central-1.rds.amazonaws.com'
const url = `postgresql://iam_user@${host}:5433/shop`

beforeEach(() => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'PGPASSWORD'])
    vi.stubEnv(name, undefined)
  for (const [name, value] of Object.entries(keys)) vi.stubEnv(name, value)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

describe('a token', () => {
  test('is a presigned request of AWS Signature Version 4, each field as the signer documents it', async () => {
    const token = await iamToken(parseDatabaseUrl(url))
    expect(token.startsWith(`${host}:5433/?`)).toBe(true)
    const { searchParams } = new URL(`https://${token}`)
    const fields = Object.fromEntries(searchParams)
    const date = fields['X-Amz-Date'] ?? ''
    expect(date).toMatch(/^\d{8}T\d{6}Z$/)
    const scope = `${date.slice(0, 8)}/eu-central-1/rds-db/aws4_request`
    expect(fields).toEqual({
      Action: 'connect',
      DBUser: 'iam_user',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `${keys.AWS_ACCESS_KEY_ID}/${scope}`,
      'X-Amz-Date': date,
      'X-Amz-Expires': '900',
      'X-Amz-Security-Token': keys.AWS_SESSION_TOKEN,
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': signatureOf(searchParams, date, scope),
    })
  })

  test('is signed for the region of AWS_REGION where that is set', async () => {
    vi.stubEnv('AWS_REGION', 'us-east-2')
    expect(await iamToken(parseDatabaseUrl(url))).toContain(
      encodeURIComponent('/us-east-2/rds-db/aws4_request'),
    )
  })

  test('is refused where neither the host nor a variable says the region, or the URL no user', async () => {
    await expect(iamToken(parseDatabaseUrl('postgresql://u@db.example/d'))).rejects.toMatchObject({
      code: 'no-region',
    })
    vi.stubEnv('PGUSER', undefined)
    await expect(iamToken(parseDatabaseUrl(`postgresql://${host}/d`))).rejects.toMatchObject({
      code: 'bad-database-url',
    })
  })
})

describe('USE_IAM_AUTH', () => {
  test.each([
    [url, 'true', true],
    [`postgresql://u:p@${host}/d`, 'true', true],
    ['postgresql://u@127.0.0.1/d', 'true', true],
    ['postgresql://postgres:secret@127.0.0.1/app', 'true', false],
    [url, 'false', false],
    [url, undefined, false],
  ])('for %s when it is %s: %s', (text, value, uses) => {
    expect(usesIam(parseDatabaseUrl(text), { USE_IAM_AUTH: value })).toBe(uses)
  })

  test('sends a new token as the password of each connection', async () => {
    vi.stubEnv('USE_IAM_AUTH', 'true')
    vi.stubEnv('AWS_REGION', 'eu-west-1')
    const passwords: string[] = []
    const server = createServer((socket) => encrypted(socket, (password) => passwords.push(password)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const target = `postgresql://iam_user@127.0.0.1:${port}/shop`
    const tries = [1, 2].map(() => connect({ url: target, applicationName: 'test' }))
    for (const end of await Promise.allSettled(tries)) {
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'wrong-password' } })
      if (end.status === 'rejected') expect(String(end.reason.message)).not.toContain('X-Amz')
    }
    server.close()
    expect(passwords).toHaveLength(2)
    for (const password of passwords) {
      expect(password).toContain(`127.0.0.1:${port}/?`)
      expect(password).toContain('DBUser=iam_user')
    }
  })

  test.each([
    ['127.0.0.1', ''],
    ['127.0.0.1', '?sslmode=disable'],
    ['0.0.0.0', ''],
    ['0.0.0.0', '?sslmode=prefer'],
    ['0.0.0.0', '?sslmode=allow'],
    ['0.0.0.0', '?sslmode=disable'],
    ['0.0.0.0', '?ssl=false'],
  ])('sends no token in plain text to %s%s, whatever the server asks', async (at, query) => {
    vi.stubEnv('USE_IAM_AUTH', 'true')
    vi.stubEnv('AWS_REGION', 'eu-west-1')
    const heard: string[] = []
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        // "No SSL here", and then the request for a password in clear text (manual, section 54.2).
        if (data.length === 8) return socket.write('N')
        if (data[0] === 0x70) heard.push(data.toString('latin1'))
        return socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const target = `postgresql://iam_user@${at}:${port}/shop${query}`
    await expect(connect({ url: target, applicationName: 'test' })).rejects.toMatchObject({
      code: 'ssl-error',
    })
    server.close()
    expect(heard).toEqual([])
  })
})

/** The signature by AWS's published recipe ("Create a signed AWS API request"), made with nothing of the signer's. */
function signatureOf(given: URLSearchParams, date: string, scope: string): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  const query = [...given]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
  const empty = createHash('sha256').update('').digest('hex')
  const request = ['GET', '/', query, `host:${host}:5433`, '', 'host', empty].join('\n')
  const digest = createHash('sha256').update(request).digest('hex')
  const text = ['AWS4-HMAC-SHA256', date, scope, digest].join('\n')
  const sign = (key: string | Buffer, part: string) => createHmac('sha256', key).update(part).digest()
  const key = scope.split('/').reduce<string | Buffer>(sign, `AWS4${keys.AWS_SECRET_ACCESS_KEY}`)
  return sign(key, text).toString('hex')
}

/** As `askForPassword`, after the answer to an SSLRequest (manual, section 54.2.10). */
function encrypted(socket: Socket, tell: (password: string) => void): void {
  socket.on('error', () => undefined)
  socket.once('data', () => {
    socket.write('S')
    const file = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name))
    const options = { isServer: true, key: file('localhost.key'), cert: file('localhost.crt') }
    askForPassword(new TLSSocket(socket, options), tell)
  })
}

/** A server that asks for a password in clear text and refuses it (manual, section 54.2). */
function askForPassword(socket: Socket, tell: (password: string) => void): void {
  let started = false
  socket.on('error', () => undefined)
  socket.on('data', (data) => {
    if (!started) {
      started = true
      socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]))
      return
    }
    tell(data.subarray(5, -1).toString())
    const fields = Buffer.from('SFATAL\0VFATAL\0C28P01\0Mno such password\0\0')
    const head = Buffer.alloc(5)
    head.write('E')
    head.writeInt32BE(fields.length + 4, 1)
    socket.end(Buffer.concat([head, fields]))
  })
}
