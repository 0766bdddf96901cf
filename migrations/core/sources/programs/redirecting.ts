import { statSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
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
 * Variables by which each Node process of a program loads `redirect.cjs` first: NODE_OPTIONS and, since a script may replace
 * that one, a `node` before the others on PATH.
 * @param env those that it would have
 */
export function redirecting(to: RedirectedTo, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const script = packagedScript('sources', 'programs', 'redirect.cjs')
  return {
    NODE_OPTIONS: [env.NODE_OPTIONS, `--require=${JSON.stringify(script)}`].filter((each) => each).join(' '),
    JUST_MIG_SCRATCH: JSON.stringify(to),
    ...(process.platform === 'win32' ? {} : ledCommands(join(dirname(script), 'led'), env)),
  }
}

function ledCommands(
  folder: string,
  { PATH = '', JUST_MIG_NODE: outer }: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const nodes = PATH.split(delimiter)
    .filter(isAbsolute)
    .map((each) => join(each, 'node'))
  const found = nodes.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile())
  return {
    // In a program that is led itself, the first one on PATH is ours.
    JUST_MIG_NODE: outer ?? found ?? process.execPath,
    PATH: `${folder}${delimiter}${PATH}`,
  }
}
