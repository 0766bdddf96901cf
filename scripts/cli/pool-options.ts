import { type Environment, exitCodes, MigError, type PoolOptions } from '../../migrations/core/index.ts'
import type { fanOutFlags } from './arguments.ts'
import type { CommandWith } from './command.ts'

/** The flags of a run over tenants. @throws MigError `bad-flag` */
export function poolOptions(
  { flags }: Pick<CommandWith<typeof fanOutFlags>, 'flags'>,
  env: Environment,
): PoolOptions {
  const count = (name: 'jobs' | 'canary' | 'max-failures') => {
    const value = flags[name]
    if (value === undefined) return undefined
    if (/^[1-9]\d*$/.test(value)) return Number(value)
    throw new MigError('bad-flag', `--${name} takes a count of 1 or more, not ${JSON.stringify(value)}`, {
      help: `write --${name} 4`,
      exitCode: exitCodes.usage,
    })
  }
  return {
    jobs: count('jobs'),
    canary: count('canary'),
    maxFailures: count('max-failures'),
    goOn: flags.continue === true || env.goOn,
    share: flags.share === true,
  }
}
