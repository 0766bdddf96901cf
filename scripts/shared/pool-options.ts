import { type Environment, exitCodes, MigError, type PoolOptions } from '../../migrations/core/index.ts'
import type { Command } from './command.ts'

/** The flags of a run over tenants. @throws MigError `bad-flag` */
export function poolOptions({ flags }: Pick<Command, 'flags'>, env: Environment): PoolOptions {
  const count = (name: string) => {
    const value = flags[name]
    if (value === undefined) return undefined
    if (typeof value === 'string' && /^[1-9]\d*$/.test(value)) return Number(value)
    throw new MigError('bad-flag', `--${name} takes a count from 1, not ${JSON.stringify(value)}`, {
      help: `write --${name} 4`,
      exitCode: exitCodes.usage,
    })
  }
  const [jobs, canary, maxFailures] = [count('jobs'), count('canary'), count('max-failures')]
  return {
    ...(jobs === undefined ? {} : { jobs }),
    ...(canary === undefined ? {} : { canary }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
    goOn: flags.continue === true || env.goOn,
    share: flags.share === true,
  }
}
