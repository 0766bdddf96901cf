import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatDatabaseUrl,
  maskUrl,
  parseDatabaseUrl,
  urlForDatabase,
} from '../../migrations/core/postgres/connection/database-url.ts'

describe('parseDatabaseUrl', () => {
  test.each([
    'postgresql://ann:pw@db.example:5433/shop?sslmode=require',
    'postgres://ann:pw@db.example:5433/shop?sslmode=require',
    'postgresql+asyncpg://ann:pw@db.example:5433/shop?sslmode=require',
    'postgres+psycopg2://ann:pw@db.example:5433/shop?sslmode=require&pool_size=3',
    '  postgresql://ann:pw@db.example:5433/shop?sslmode=require\n',
  ])('reads %s', (url) => {
    expect(parseDatabaseUrl(url)).toEqual({
      host: 'db.example',
      port: 5433,
      user: 'ann',
      password: 'pw',
      database: 'shop',
      parameters: { sslmode: 'require' },
    })
  })

  test('decodes a hostile password', () => {
    const password = 'p@ss:w/rd%'
    expect(parseDatabaseUrl(`postgresql://u:${encodeURIComponent(password)}@h/d`).password).toBe(password)
  })

  test('reads sockets, IPv6 addresses and what the query string says', () => {
    expect(parseDatabaseUrl('postgresql:///d?host=/var/run/postgresql').host).toBe('/var/run/postgresql')
    expect(parseDatabaseUrl('postgresql://[::1]:5432/d')).toMatchObject({ host: '::1', port: 5432 })
    expect(parseDatabaseUrl('postgresql://?user=u&password=p&host=h&dbname=d')).toMatchObject({
      host: 'h',
      user: 'u',
      password: 'p',
      database: 'd',
    })
  })

  test.each([
    'mysql://u:s3cret@h/d',
    'postgresql://u:s3cret/x@h/d',
    'postgresql://u:s3cret@x@h/d',
    'postgresql://u:s3cret%@h/d',
    'postgresql://u:s3cret@h:99999/d',
    'postgresql://u:s3cret@h1,h2/d',
    'u:s3cret@h/d',
    'host=h user=u password=s3cret dbname=d',
    "host=h password = 's3cret and more' dbname=d",
    'jdbc:postgresql://h/d?user=u&password=s3cret',
    'postgresql://u:s3cret@h1:1,h2:2/d',
    'postgresql:///d?host=h1,h2&password=s3cret',
    'postgresql:///d?service=shop&password=s3cret',
    'postgresql://u:s3cret@h/d?hostaddr=10.0.0.1',
    'postgres://deploy:s3cret',
    'postgres://deploy:s3cret?sslmode=require',
    'postgres://deploy:s3cret/d',
    'postgres://deploy:12s3cret',
    's3cret',
    'deploy:s3cret',
    'deploy/s3cret@h',
    '',
  ])('refuses %j without showing the password', (url) => {
    expect(() => parseDatabaseUrl(url)).toThrow(
      expect.objectContaining({ code: 'bad-database-url', message: expect.not.stringContaining('s3cret') }),
    )
  })
})

test.each([
  ['postgresql://u@h1:1,h2:2/d', 'it names several hosts'],
  ['postgresql:///d?service=shop', 'it gives the server by service'],
])('parseDatabaseUrl says of %s that %s', (url, reason) => {
  expect(() => parseDatabaseUrl(url)).toThrow(reason)
})

const text = fc.string({ unit: 'grapheme', minLength: 1 })

test('an address becomes a URL and the same address again', () => {
  fc.assert(
    fc.property(text, text, text, (user, password, database) => {
      const address = { host: 'h', port: 5432, user, password, database, parameters: { sslmode: 'disable' } }
      expect(parseDatabaseUrl(formatDatabaseUrl(address))).toEqual(address)
    }),
  )
})

test('another database of the same server keeps everything else', () => {
  const url = 'postgresql+asyncpg://u:p%40@h:1/a?sslmode=require'
  expect(urlForDatabase(url, 'b/c')).toBe('postgresql://u:p%40@h:1/b%2Fc?sslmode=require')
  expect(urlForDatabase('postgresql:///a?host=/tmp', 'b')).toBe('postgresql:///b?host=%2Ftmp')
})

test('a masked URL never shows the password, wherever it stands', () => {
  expect(maskUrl('postgresql://u:p@h:1/d')).toBe('postgresql://u:***@h:1/d')
  expect(maskUrl('postgresql://u@h/d?password=p&sslmode=x')).toBe('postgresql://u@h/d?password=***&sslmode=x')
  expect(maskUrl('postgresql://h/d?options=-c%20app.key%3DSECRET&sslmode=require&app=SECRET')).toBe(
    'postgresql://h/d?options=***&sslmode=require&app=***',
  )
  expect(maskUrl('postgresql://h/d')).toBe('postgresql://h/d')
  expect(maskUrl('postgresql://h:5433/d')).toBe('postgresql://h:5433/d')
  expect(maskUrl('postgres://u@h:secret/d')).toBe('postgres://u@h:***')
  expect(maskUrl('postgresql://[::1]:5433/d')).toBe('postgresql://[::1]:5433/d')
  expect(maskUrl('postgresql://deploy:Tr0ub4dor')).toBe('postgresql://deploy:***')
  expect(maskUrl('Tr0ub4dor')).toBe('***')
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('@', ':', '/', '?', '%', '#', 'q') }), (noise) => {
      expect(maskUrl(`postgresql://u:SECRET${noise}SECRET@h/d`)).not.toContain('SECRET')
    }),
  )
})
