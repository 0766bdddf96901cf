import { describe, expect, test } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import { errorText } from '../../migrations/core/report/error.ts'

describe('errorText', () => {
  test('says what went wrong, where, why, and which command is next', () => {
    const error = new MigError('statement-failed', 'revision 3f2a9c41b7d0 failed on rfx_user', {
      help: 'fix the file, then: just mig-upgrade head user',
      place: {
        file: 'migrations/versions/user/a.ts',
        line: 12,
        column: 5,
        statement: 'SELEC 1',
        position: 0,
      },
      cause: new Error('syntax error at or near "SELEC"'),
    })
    const renderCaret = (statement: string, position: number) => `${statement}\n${' '.repeat(position)}^`
    expect(errorText(error, { renderCaret })).toBe(
      [
        'error MIG-statement-failed: revision 3f2a9c41b7d0 failed on rfx_user',
        '  at migrations/versions/user/a.ts:12:5',
        '  SELEC 1',
        '  ^',
        '  cause: syntax error at or near "SELEC"',
        'help: fix the file, then: just mig-upgrade head user',
      ].join('\n'),
    )
  })

  test('does not repeat a cause that the message holds already', () => {
    const error = new MigError('no-connection', 'cannot connect: refused', { cause: new Error('refused') })
    expect(errorText(error)).toBe('error MIG-no-connection: cannot connect: refused')
  })

  test('ends on a chain of causes that goes in a circle', () => {
    const error = new Error('one')
    error.cause = new Error('two', { cause: error })
    expect(errorText(error)).toContain('  cause: two')
  })

  test('tells the reasons of a connection that failed on each address', () => {
    const refused = new AggregateError([
      new Error('ECONNREFUSED ::1:5432'),
      new Error('ECONNREFUSED 127.0.0.1:5432'),
    ])
    const error = new MigError('no-connection', 'cannot connect', { cause: refused })
    expect(errorText(error)).toContain('cause: ECONNREFUSED ::1:5432; ECONNREFUSED 127.0.0.1:5432')
  })

  test('masks a password in the message, in a cause and in the help', () => {
    const url = 'postgres://ann:s3cret@db/app'
    const error = new MigError('x', `cannot reach ${url}`, {
      cause: new Error(`also ${url}`),
      help: `psql ${url}`,
    })
    expect(errorText(error)).not.toContain('s3cret')
  })

  test('an error that nobody wrote a text for is internal, with its stack only when verbose', () => {
    const error = new TypeError('x is not a function')
    expect(errorText(error)).toBe(
      'error MIG-internal: x is not a function\nhelp: run it again with --verbose to see the stack',
    )
    expect(errorText(error, { verbose: true })).toContain('error.test.ts')
    expect(errorText('thrown text')).toContain('error MIG-internal: thrown text')
  })
})
