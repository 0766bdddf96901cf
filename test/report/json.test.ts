import { describe, expect, test } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import { errorLine, jsonLine } from '../../migrations/core/report/json.ts'

describe('jsonLine', () => {
  test('is one line that reads back, without passwords, with times in ISO 8601', () => {
    const line = jsonLine({
      event: 'current',
      line: 'user',
      targetSchema: 'rfx_user',
      revision: '3f2a9c41b7d0',
      message: 'two\nlines of postgres://ann:s3cret@db/app',
      state: 'head',
      behind: 0,
      last: { at: new Date(0), who: 'ann', host: null, direction: 'upgrade', durationMs: 1 },
      neverRun: [],
      trouble: null,
      halfDone: null,
    })
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toMatchObject({
      message: 'two\nlines of postgres://ann:***@db/app',
      last: { at: '1970-01-01T00:00:00.000Z' },
    })
  })
})

describe('jsonLine of what was asked for', () => {
  test('leaves a URL, rows and a script as they are', () => {
    const url = 'postgresql://ann:s3cret@db/app'
    expect(JSON.parse(jsonLine({ event: 'database', url }))).toEqual({ event: 'database', url })
    expect(jsonLine({ event: 'sql', sql: `-- ${url}` })).toContain('s3cret')
    expect(jsonLine({ event: 'rows', rows: [{ big: 2n ** 60n }] })).toContain('"1152921504606846976"')
  })
})

describe('errorLine', () => {
  test('has the code, the facts and the causes', () => {
    const error = new MigError('x', 'm', { facts: { key: 'usr' }, cause: new Error('c'), exitCode: 3 })
    expect(errorLine(error)).toEqual({
      event: 'error',
      code: 'x',
      message: 'm',
      exitCode: 3,
      facts: { key: 'usr' },
      causes: ['c'],
    })
  })

  test('calls internal what is not a MigError', () => {
    expect(errorLine(new TypeError('m'))).toMatchObject({ code: 'internal', message: 'm', exitCode: 1 })
  })
})
