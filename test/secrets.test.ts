import { describe, expect, test } from 'vitest'
import { withoutSecrets } from '../migrations/core/secrets.ts'

describe('withoutSecrets', () => {
  test.each([
    ['postgres://ann:s3cret@db:5432/app refused', 'postgres://ann:***@db:5432/app refused'],
    ['postgresql+asyncpg://ann:a:b/c@d@db/app', 'postgresql+asyncpg://ann:***@db/app'],
    ['postgres://deploy:Tr0ub4dor is wrong', 'postgres://deploy:*** is wrong'],
    ['at postgres://db:5432/app, no answer', 'at postgres://db:5432/app, no answer'],
    ["host=db password='it\\'s' user=ann", 'host=db password=*** user=ann'],
    [
      'postgres://db/app?user=ann&password=s3cret&sslmode=require',
      'postgres://db/app?user=ann&password=***&sslmode=require',
    ],
    ["ALTER ROLE ann PASSWORD 'it''s' LOGIN", "ALTER ROLE ann PASSWORD '***' LOGIN"],
    ["CREATE ROLE ann PASSWORD E'a\\'b' LOGIN", "CREATE ROLE ann PASSWORD '***' LOGIN"],
    ['CREATE ROLE ann PASSWORD $x$a$b$x$;', "CREATE ROLE ann PASSWORD '***';"],
    ['SELECT password FROM t', 'SELECT password FROM t'],
    ['mail ann@example.org at 10:30', 'mail ann@example.org at 10:30'],
    ['postgres://ann@db/app', 'postgres://ann@db/app'],
    ['postgres://u:s3cret/x@127.0.0.1:1/db', 'postgres://u:***@127.0.0.1:1/db'],
    ['PGPASSWORD=s3cret psql', 'PGPASSWORD=*** psql'],
    ['{"password":"s3\\"cret","user":"ann"}', '{"password":***,"user":"ann"}'],
    ["ALTER ROLE ann PASSWORD /* new */ 's3cret'", "ALTER ROLE ann PASSWORD /* new */ '***'"],
    ["ALTER ROLE ann PASSWORD 's3'\n  'cret' LOGIN", "ALTER ROLE ann PASSWORD '***' LOGIN"],
    ["ALTER ROLE ann PASSWORD U&'s3cret'", "ALTER ROLE ann PASSWORD '***'"],
    ["ALTER ROLE ann PASSWORD 's3cret", "ALTER ROLE ann PASSWORD '***'"],
    ["OPTIONS (user 'ann', password 's3cret')", "OPTIONS (user 'ann', password '***')"],
    ["OPTIONS (aws_secret_access_key 's3cret')", "OPTIONS (aws_secret_access_key '***')"],
    ["f(password => 's3cret', n => 1)", "f(password => '***', n => 1)"],
    ['ALTER ROLE ann PASSWORD NULL', 'ALTER ROLE ann PASSWORD NULL'],
    ['Unexpected token \'x\', "x" is not valid JSON', 'Unexpected token \'x\', "x" is not valid JSON'],
    ['password authentication failed for user "ann"', 'password authentication failed for user "ann"'],
  ])('%j', (text, masked) => {
    expect(withoutSecrets(text)).toBe(masked)
  })
})

/** A beginning that promises a secret, over and over, with nothing that ends it. */
const hostile = [
  'a',
  ' ',
  ':',
  '://',
  'a://',
  'a://b:',
  '@',
  'password',
  'password=',
  "password '",
  'password /*',
  'password $',
].concat([
  'password --\n',
  "password ''",
  'password \n',
  "e'\\",
  'postgres://a:',
  'token',
  '--token\n',
  'token /*x*/',
  '\n',
  "password='\\",
])

test('the length of a text is what its masking costs', () => {
  const steps = (text: string) => {
    const started = process.cpuUsage()
    withoutSecrets(text)
    const { user, system } = process.cpuUsage(started)
    return user + system
  }
  for (const part of hostile) {
    const text = part.repeat(Math.ceil(1_000_000 / part.length))
    // What is quadratic takes minutes for a megabyte: the bound is far from both.
    expect(steps(text), JSON.stringify(part)).toBeLessThan(5_000_000)
  }
})
