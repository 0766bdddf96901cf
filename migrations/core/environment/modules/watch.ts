import { AsyncLocalStorage } from 'node:async_hooks'
import childProcess from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MigError } from '../../errors.ts'
import { everyVariable } from './inputs.ts'

/** A connection or a server that a module began while it was loaded. */
export interface Stopped {
  readonly what: string
  readonly stack: string
}

/** What modules looked at while they were loaded. */
export interface ModuleInputs {
  readonly files: Set<string>
  readonly variables: Set<string>
  /** They ran a program or walked through folders, so that it is not known what they looked at. */
  isUnknown: boolean
  readonly stopped: Stopped[]
}

const loading = new AsyncLocalStorage<ModuleInputs>()

/** A package is evaluated once in a process, so that what it read then counts for whoever imports it later. */
const variablesSoFar = new Set<string>()

/**
 * Loads modules that only describe something: what they read is recorded, and a connection or a server that they begin
 * comes to nothing, so that none of them waits for a database.
 * @param standIn the value of a variable that is not set
 * @throws MigError `model-connects` where a module waits for what it began, `model-exits` where it ends the process
 */
export async function watch<T>(
  body: () => Promise<T>,
  standIn: (name: string) => string | undefined = () => undefined,
): Promise<{ readonly value: T; readonly watched: ModuleInputs }> {
  const watched: ModuleInputs = {
    files: new Set(),
    variables: variablesSoFar,
    isUnknown: false,
    stopped: [],
  }
  stopConnections()
  const restore = recordReads(watched, standIn)
  let patience: NodeJS.Timeout | undefined
  try {
    const waiting = new Promise<never>((_resolve, reject) => {
      // Nothing is waited for in a module that has loaded without what it began.
      patience = setInterval(() => {
        const [first] = watched.stopped
        if (first !== undefined) reject(connects(first))
      }, 500)
    })
    const value = await loading.run(watched, () => Promise.race([body(), waiting]))
    return { value, watched }
  } finally {
    clearInterval(patience)
    restore()
  }
}

/** The error, or the words of a warning, for what was stopped. */
export function connects({ what }: Stopped): MigError {
  return new MigError('model-connects', `a model ${what} when it is imported`, {
    help: 'move the connection into a function, or list only the files with tables in "models" of env.ts',
    facts: { what },
  })
}

const reading = [
  'readFileSync',
  'readFile',
  'openSync',
  'open',
  'createReadStream',
  'existsSync',
  'statSync',
  'stat',
  'accessSync',
  'access',
  'readdirSync',
  'readdir',
] as const

const running = ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'] as const

const walking = ['opendir', 'opendirSync', 'glob', 'globSync'] as const

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Records what is read through Node's own modules, until the function that it gives is called. */
function recordReads(watched: ModuleInputs, standIn: (name: string) => string | undefined): () => void {
  const undo: (() => void)[] = []
  const wrap = (holder: object, name: string, note: (...args: readonly unknown[]) => void) => {
    const owner = holder as Record<string, unknown>
    const original = owner[name]
    if (typeof original !== 'function') return
    owner[name] = Object.assign(function wrapped(this: unknown, ...args: unknown[]) {
      note(...args)
      return (original as AnyFunction).apply(this, args)
    }, original)
    undo.push(() => {
      owner[name] = original
    })
  }
  const noteFile = (path: unknown, how: unknown) => {
    // What is opened to be written is not an input.
    if (typeof how === 'string' && /^(a|as|ax|w|wx|xa|xw)$/.test(how)) return
    const isDeep = typeof how === 'object' && how !== null && 'recursive' in how && how.recursive === true
    if (isDeep) watched.isUnknown = true
    const name = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : path
    if (typeof name === 'string') watched.files.add(resolve(name))
  }
  for (const name of reading) {
    wrap(fs, name, noteFile)
    wrap(fs.promises, name, noteFile)
  }
  const noteUnknown = () => {
    watched.isUnknown = true
  }
  for (const name of running) wrap(childProcess, name, noteUnknown)
  for (const name of walking) for (const holder of [fs, fs.promises]) wrap(holder, name, noteUnknown)
  const variables = process.env
  process.env = recorded(variables, watched.variables, standIn)
  const exit = process.exit
  process.exit = (code) => {
    if (loading.getStore() === undefined) return exit(code)
    throw new MigError(
      'model-exits',
      `a model ends the process with exit code ${code ?? 0} when it is imported`,
      {
        help: 'often the application checks for a variable that is missing; set it in .env',
      },
    )
  }
  syncBuiltinESMExports()
  return () => {
    process.env = variables
    process.exit = exit
    for (const each of undo) each()
    syncBuiltinESMExports()
  }
}

function recorded(
  variables: NodeJS.ProcessEnv,
  names: Set<string>,
  standIn: (name: string) => string | undefined,
): NodeJS.ProcessEnv {
  const note = (name: string | symbol) => {
    if (typeof name === 'string') names.add(name)
  }
  return new Proxy(variables, {
    get(target, name) {
      note(name)
      return Reflect.get(target, name) ?? (typeof name === 'string' ? standIn(name) : undefined)
    },
    // Without this, setting a variable that is there defines it through the proxy by its value alone, which Node refuses.
    set: (target, name, value) => Reflect.set(target, name, value),
    has(target, name) {
      note(name)
      return Reflect.has(target, name)
    },
    ownKeys(target) {
      names.add(everyVariable)
      return Reflect.ownKeys(target)
    },
  })
}

let areStopped = false

/** From now on, what a watched module begins comes to nothing, also when it begins it later. */
function stopConnections(): void {
  if (areStopped) return
  areStopped = true
  stop(net.Socket.prototype, 'connect', (args) => `connects to ${placeOf(args)}`)
  stop(net.Server.prototype, 'listen', (args) => `starts a server at ${placeOf(args)}`)
}

function stop(holder: object, name: string, what: (args: readonly unknown[]) => string): void {
  const owner = holder as Record<string, AnyFunction>
  const original = owner[name]
  if (original === undefined) return
  owner[name] = function stopping(this: unknown, ...args: unknown[]) {
    const watched = loading.getStore()
    if (watched === undefined) return original.apply(this, args)
    watched.stopped.push({ what: what(args), stack: new Error(name).stack ?? '' })
    return this
  }
}

/** Node hands on what it was given, or a list with it as normalised. */
function placeOf(args: readonly unknown[]): string {
  const [first, second] = args.flat() as readonly unknown[]
  if (typeof first === 'object' && first !== null) {
    const { path, host, port } = first as Readonly<Record<string, unknown>>
    return typeof path === 'string'
      ? path
      : `${typeof host === 'string' ? host : 'localhost'}:${String(port)}`
  }
  return typeof second === 'string' ? `${second}:${String(first)}` : `port ${String(first)}`
}
