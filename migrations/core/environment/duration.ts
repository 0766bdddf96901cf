import { MigError } from '../errors.ts'

const units: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * A duration text as PostgreSQL's settings take it (`250ms`, `4s`, `2min`, `1h`; a bare number is
 * milliseconds, manual section 19.1.1) in milliseconds.
 * @throws MigError `bad-duration`, naming the setting.
 */
export function parseDuration(text: string, setting: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?\s*$/.exec(text)
  if (match === null) {
    throw new MigError('bad-duration', `${setting} is not a duration: ${JSON.stringify(text)}`, {
      help: 'write a number and a unit, such as 500ms, 4s or 2min; 0 turns it off',
    })
  }
  return Math.round(Number(match[1]) * (units[match[2] ?? ''] ?? 1))
}
