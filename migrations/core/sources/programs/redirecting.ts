import { packagedScript } from '../../packaged-script.ts'

/** Where the drivers of a program connect, whatever they are told. */
export interface RedirectedTo {
  /** A host, or the folder of a Unix socket. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** Whether connections of other kinds are let through. */
  readonly network: boolean
  /** Whether what is told may be several databases, which then are one; else it is refused. */
  readonly several?: boolean
  /** Whether encryption that is told for the same server stays. */
  readonly keepsTls?: boolean
  /** As the drivers take it; default: none. */
  readonly ssl?: boolean | { readonly rejectUnauthorized: false }
}

/**
 * Variables by which each Node process of a program loads `redirect.cjs` first.
 * @param nodeOptions what it would have in NODE_OPTIONS
 */
export function redirecting(to: RedirectedTo, nodeOptions: string | undefined): NodeJS.ProcessEnv {
  const preload = `--require=${JSON.stringify(packagedScript('sources', 'programs', 'redirect.cjs'))}`
  return {
    NODE_OPTIONS: [nodeOptions, preload].filter((each) => each).join(' '),
    JUST_MIG_SCRATCH: JSON.stringify(to),
  }
}
