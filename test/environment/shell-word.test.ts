import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellWord } from '../../migrations/core/environment/shell-word.ts'

test('a name comes back from the shell as it was', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 63 })
    .filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), (names) => {
      const script = `printf '%s\\0' ${names.map(shellWord).join(' ')}`
      const said = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })
      expect(said.split('\0').slice(0, -1)).toEqual(names)
    }),
    { numRuns: 30 },
  )
})

test('a plain name needs no quotes', () => {
  expect(shellWord('tenant_acme')).toBe('tenant_acme')
  expect(shellWord("tenant o'x $1")).toBe("'tenant o'\\''x $1'")
})
