// just help, npm run mig
import { runCommand } from './shared/command.ts'

const spec = {
  name: 'help',
  summary: 'Lists the recipes.',
  positionals: {},
  flags: {},
  examples: ['npx just --list'],
}

export const main = (): Promise<void> =>
  runCommand(spec, async ({ output }) => {
    const { $ } = await import('zx')
    const listed = await $`npx --no-install just --list --unsorted`
    output.result(listed.stdout.trimEnd())
  })
