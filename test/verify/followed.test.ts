import { expect } from 'vitest'
import type { EmitEvent } from '../../migrations/core/events.ts'
import { followingFingerprint } from '../../migrations/core/scratch/state.ts'
import { type VerifyContext, verifyContext } from '../../migrations/core/verify/context.ts'
import type { Found } from '../../migrations/core/verify/result.ts'
import { checkStairway } from '../../migrations/core/verify/stairway.ts'
import { labTest as test } from '../runner/support.ts'

const sides: readonly (readonly [up: string, down: string])[] = [
  ['CREATE TABLE t (id int)', 'DROP TABLE t'],
  ['CREATE VIEW v AS SELECT 1 AS one', 'DROP VIEW v'],
  // It leaves behind what the follower below does not see.
  ['ALTER TABLE t ADD COLUMN IF NOT EXISTS overlooked int', 'SELECT'],
  ['CREATE VIEW w AS SELECT id FROM t', 'DROP VIEW w'],
]

const idOf = (index: number) => `aaaa0000000${index}`

const files = Object.fromEntries(
  sides.map(([up, down], index): [string, string] => [
    `user/${idOf(index + 1)}.sql`,
    `-- m\n--\n-- Revision: ${idOf(index + 1)}\n-- Revises: ${index === 0 ? 'base' : idOf(index)}\n${
      index === 0 ? '-- Downgrade loses: table app_user.t\n' : ''
    }\n-- upgrade\n${up};\n\n-- downgrade\n${down};\n`,
  ]),
)

/** Follows all but one column, whose coming it does not notice. */
const overlooking: VerifyContext['follow'] = (scope) => {
  const follow = followingFingerprint(scope)
  let isFirst = true
  return async (client) => {
    const fingerprint = await follow(client)
    if (isFirst) {
      isFirst = false
      return fingerprint
    }
    const objects = new Map(fingerprint.objects)
    objects.delete('column app_user.t.overlooked')
    return { ...fingerprint, objects }
  }
}

test.for([1, 2])(
  'what was not followed is checked again by whole readings, on %s databases',
  async (lanes, { lab }) => {
    await lab.write({
      ...files,
      [`user/${idOf(2)}.test.sql`]:
        '-- before\nINSERT INTO t VALUES (1);\n-- after upgrade\nSELECT one = 1 FROM v;\n',
    })
    const project = await lab.project({ schemas: { user: 'app_user' } })
    const warnings = new Set<string>()
    const emit: EmitEvent = (event) => {
      if (event.event === 'warning') warnings.add(`${event.code}: ${event.message}`)
    }
    const context = { ...(await verifyContext(project, emit, undefined)), follow: overlooking }
    const tests: Found[] = []
    const found = await checkStairway(context, new Set(project.files.keys()), tests, false, lanes)
    expect(found.map(({ status }) => status)).toEqual(['ok', 'ok', 'failed', 'ok'])
    expect(found[2]?.message).toMatch(/^after its downgrade .* differs .*\n.*column app_user\.t\.overlooked/)
    expect(tests).toHaveLength(1)
    expect([...warnings]).toEqual([
      expect.stringMatching(/^not-followed: .*\n\+ column app_user\.t\.overlooked$/),
    ])
  },
)
