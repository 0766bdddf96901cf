import type { Positional } from './arguments.ts'

/** The schema filter as the last positional of most recipes. */
export const schemasArgument = {
  help: 'schema keys with commas between them, or all',
  default: 'all',
} as const satisfies Positional
