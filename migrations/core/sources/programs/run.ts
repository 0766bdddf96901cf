import { existsSync } from 'node:fs'
import { type ModelProgram, parseDuration, programFolder, shellWord } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { DatabaseAddress } from '../../postgres/connection/database-url.ts'
import { inOwnGroup, killGroup } from '../../process-group.ts'
import { withoutSecrets } from '../../secrets.ts'
import { type RedirectedTo, redirecting } from './redirecting.ts'
import { nowhere, placesOfAddress, programVariables } from './variables.ts'

export interface ProgramRun {
  readonly base: string
  /** The database that it may use; undefined for none. */
  readonly scratch: DatabaseAddress | undefined
  readonly signal?: AbortSignal | undefined
}

const defaultTimeout = '2min'

/**
 * Runs a program that says what the models are, in a shell, with nobody to ask. It and what it has started end when it
 * takes too long, or we are interrupted.
 * @returns its standard output
 * @throws MigError `program-failed` with what it said, or where it connects elsewhere, `program-timeout`; the signal's reason
 */
export async function runProgram(
  program: ModelProgram,
  { base, scratch, signal }: ProgramRun,
): Promise<string> {
  const { execa } = await import('execa')
  signal?.throwIfAborted()
  const places = scratch === undefined ? {} : placesOfAddress(scratch)
  const command = filled(commandOf(program), places, shellWord)
  const cwd = programFolder(program, base)
  if (!existsSync(cwd)) throw failed(program, `cannot run in ${cwd}, which is missing`, '')
  const own = Object.fromEntries(
    Object.entries(program.env ?? {}).map(([name, value]) => [name, filled(value, places, String)]),
  )
  const address = scratch ?? nowhere
  const variables = { ...programVariables(cwd, address), ...own }
  const child = execa(command, {
    cwd,
    shell: true,
    env: { ...variables, ...redirecting(redirectedTo(address), variables) },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
    ...inOwnGroup,
    maxBuffer: 100_000_000,
  })
  let reason: unknown
  const stop = (why: unknown) => {
    reason ??= why
    killGroup(child)
  }
  const timeout = program.timeout ?? defaultTimeout
  const timer = setTimeout(
    () => stop(timedOut(program, timeout)),
    parseDuration(timeout, 'setting "models.timeout"'),
  )
  const abort = () => stop(signal?.reason)
  signal?.addEventListener('abort', abort)
  const result = await child
  clearTimeout(timer)
  signal?.removeEventListener('abort', abort)
  if (reason !== undefined) throw reason
  const refusal = /^just-mig not-redirected: (.*)$/m.exec(result.stderr)
  // Where it goes on after that, what it makes is not what it would make.
  if (refusal !== null) throw connectsElsewhere(program, refusal[1] ?? '')
  if (result.exitCode !== 0) {
    const how = `ended with ${result.exitCode === undefined ? (result.signal ?? 'no exit code') : `exit code ${result.exitCode}`}`
    throw failed(program, how, words(`${result.stdout}\n${result.stderr}`))
  }
  return result.stdout
}

/** Also where its code names a database, which may be the live one. */
function redirectedTo(address: DatabaseAddress): RedirectedTo {
  const { host, port, database, user, password } = placesOfAddress(address)
  const mode = address.parameters.sslmode ?? ''
  const ssl = mode.startsWith('verify') || (mode === 'require' && ({ rejectUnauthorized: false } as const))
  return {
    ...{ host, port: Number(port), database, user, password, ssl },
    ...{ network: true, several: true, keepsTls: true },
  }
}

export function commandOf(program: ModelProgram): string {
  return 'print' in program ? program.print : program.build
}

function filled(
  text: string,
  places: Readonly<Record<string, string>>,
  quote: (value: string) => string,
): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = places[name]
    return value === undefined ? whole : quote(value)
  })
}

function timedOut(program: ModelProgram, timeout: string): MigError {
  return new MigError('program-timeout', `${commandOf(program)} was still running after ${timeout}`, {
    help: 'raise its "timeout" in "models" of env.ts, and see that it does not wait for input',
  })
}

function failed(program: ModelProgram, how: string, said: string): MigError {
  return new MigError('program-failed', `${commandOf(program)}, which "models" in env.ts names, ${how}`, {
    help: said === '' ? 'it printed nothing; run it by hand' : `it said:\n${said}`,
  })
}

function connectsElsewhere(program: ModelProgram, where: string): MigError {
  const how = `connects to ${where}, which is not its scratch database`
  return new MigError('program-failed', `${commandOf(program)}, which "models" in env.ts names, ${how}`, {
    help:
      'print' in program
        ? 'a program that prints has no database; "build" in its place gives it one, in DATABASE_URL'
        : 'let it connect to DATABASE_URL',
  })
}

/** The beginning and the end of what a program has said, and the first errors between: each is where some name the cause. */
function words(said: string): string {
  const lines = withoutSecrets(said.trim()).split('\n')
  if (lines.length <= 16) return lines.join('\n')
  const errors = lines.slice(8, -8).filter((line) => /error|exception|already exists/i.test(line))
  const between = errors.slice(0, 4).flatMap((line) => [line, '…'])
  return [...lines.slice(0, 8), '…', ...between, ...lines.slice(-8)].join('\n')
}
