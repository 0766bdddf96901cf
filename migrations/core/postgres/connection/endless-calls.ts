import { errorCode } from '../../errors.ts'

/** What a server's message of functions that call each other without end leaves out. */
export interface EndlessCalls {
  readonly message: string
  readonly help: string
}

const caller = /^(?:SQL function "(?<sql>.{1,300})" |PL\/pgSQL function (?<plpgsql>.{1,300}) line \d)/gm

/**
 * Of a statement that ran out of stack (54001), the functions that the server was in: it says only that the stack has a
 * limit, and hints at raising it. Undefined for other errors, and where no function is told.
 */
export function endlessCalls(error: unknown): EndlessCalls | undefined {
  if (!(error instanceof Error) || errorCode(error) !== '54001') return undefined
  if (!('where' in error) || typeof error.where !== 'string') return undefined
  const counts = new Map<string, number>()
  for (const { groups } of error.where.matchAll(caller)) {
    const name = groups?.sql ?? groups?.plpgsql ?? ''
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  // Who called first is there once.
  const names = [...counts].flatMap(([name, count]) => (count > 1 ? [name] : [])).sort()
  const [first, ...others] = names
  if (first === undefined) return undefined
  const shown = names.slice(0, mostShown).join(', ')
  return {
    message:
      others.length === 0
        ? `function ${first} calls itself without end`
        : `functions call each other without end: ${shown}${names.length > mostShown ? ' …' : ''}`,
    help: `change ${others.length === 0 ? 'the function' : 'one of these functions'} so that the calls end; only where they do, and are very many, raise max_stack_depth of the server`,
  }
}

const mostShown = 5
