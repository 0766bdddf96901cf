import { expect, test } from 'vitest'
import { asCalled } from '../../scripts/cli/called.ts'

const help =
  'just mig-merge, or just mig-upgrade heads; just db-start begins; node scripts/launch.mjs run-migrations --help'

test.each([
  [undefined, help],
  [
    'npx just-mig',
    'npx just-mig merge, or npx just-mig upgrade heads; npx just-mig db-start begins; npx just-mig run-migrations --help',
  ],
  [
    'pnpm just-mig',
    'pnpm just-mig merge, or pnpm just-mig upgrade heads; pnpm just-mig db-start begins; pnpm just-mig run-migrations --help',
  ],
])('commands are named as %s has called', (caller, shown) => {
  expect(asCalled(help, caller === undefined ? {} : { JUST_MIG_CALLED: caller })).toBe(shown)
})
