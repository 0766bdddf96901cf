// just help, npm run mig
import { runCommand } from './cli/command.ts'

export const spec = {
  name: 'help',
  summary: 'Lists the recipes.',
  positionals: {},
  flags: {},
  examples: ['npx just --list'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async ({ output }) => {
    const { $ } = await import('zx')
    const listed = await $`npx --no-install just --list --unsorted`
    output.result(listed.stdout.trimEnd())
  })
