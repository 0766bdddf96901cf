// @ts-nocheck: it replaces parts of Node that have no types.
// Of a Node process that works on a scratch database: whatever driver it has, no session with another database begins, and
// what it starts is kept there too.
'use strict'
const childProcess = require('node:child_process')
const { syncBuiltinESMExports } = require('node:module')
const net = require('node:net')
const { delimiter, join } = require('node:path')
const workers = require('node:worker_threads')

if (process.env.JUST_MIG_SCRATCH === undefined)
  throw new Error('just-mig not-led: what started this process keeps NODE_OPTIONS, but not JUST_MIG_SCRATCH')
const scratch = JSON.parse(process.env.JUST_MIG_SCRATCH)
const { JUST_MIG_SCRATCH, JUST_MIG_NODE = process.execPath } = process.env
const ours = { JUST_MIG_SCRATCH, JUST_MIG_NODE }
const preload = `--require=${JSON.stringify(join(__dirname, 'redirect.cjs'))}`
const commands = join(__dirname, 'led')

/** just-mig reads this line in what the program says. */
function refusal(code, what) {
  const error = new Error(`just-mig ${code}: ${what}`)
  process.stderr.write(`\n${error.message}\n`)
  return error
}

const sslRequest = 80877103

/**
 * The database that the first message of a session asks for (manual, 55.7 "Message Formats", StartupMessage); undefined for
 * a message of another kind.
 */
function databaseAsked(message) {
  if (message.length < 9 || message.readUInt16BE(4) !== 3 || !/[a-z_]/.test(String.fromCharCode(message[8])))
    return undefined
  const words = message.toString('utf8', 8, message.readInt32BE(0)).split('\0')
  const settings = new Map(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1]]] : [])))
  return settings.get('database') ?? settings.get('user') ?? ''
}

const begun = new WeakSet()
const write = net.Socket.prototype.write
// Also what a TLS socket is given, before it is encrypted.
net.Socket.prototype.write = function (chunk, encoding, ...rest) {
  if (!begun.has(this)) {
    const message =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8')
        : Buffer.from(chunk?.buffer ?? [], chunk?.byteOffset, chunk?.byteLength)
    const isRequest = message.length === 8 && message.readInt32BE(4) === sslRequest
    if (!isRequest) begun.add(this)
    const database = databaseAsked(message)
    if (database !== undefined && database !== scratch.database) {
      const error = refusal('not-redirected', `${this.remoteAddress ?? 'a socket'}/${database}`)
      process.nextTick(() => this.destroy(error))
      return false
    }
  }
  return write.call(this, chunk, encoding, ...rest)
}

/** The variables of a process, with those that keep it at the scratch database. */
function keptThere(env) {
  const options = env.NODE_OPTIONS ?? ''
  const path = env.PATH?.split(delimiter) ?? []
  // yarn puts a node of its own before it.
  const isLed = process.platform === 'win32' || path.length === 0 || path[0] === commands
  return {
    ...env,
    ...ours,
    NODE_OPTIONS: options.includes(preload) ? options : `${options} ${preload}`.trim(),
    ...(isLed ? {} : { PATH: [commands, ...path.filter((each) => each !== commands)].join(delimiter) }),
  }
}

const spawn = childProcess.ChildProcess.prototype.spawn
childProcess.ChildProcess.prototype.spawn = function (options) {
  const pairs = (options.envPairs ?? []).map((pair) => {
    const end = pair.indexOf('=', 1)
    return [pair.slice(0, end), pair.slice(end + 1)]
  })
  options.envPairs = Object.entries(keptThere(Object.fromEntries(pairs))).map((pair) => pair.join('='))
  return spawn.call(this, options)
}

for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
  const run = childProcess[name]
  childProcess[name] = (...given) => {
    const isOptions = (each) => typeof each === 'object' && each !== null && !Array.isArray(each)
    const options = given.find(isOptions)
    const others = given.filter((each) => each != null && !isOptions(each))
    return run(...others, { ...options, env: keptThere(options?.env ?? process.env) })
  }
}

const { SHARE_ENV, Worker } = workers
workers.Worker = class extends Worker {
  constructor(file, options) {
    const { env = process.env } = options ?? {}
    super(file, env === SHARE_ENV ? options : { ...options, env: keptThere(env) })
  }
}
syncBuiltinESMExports()

module.exports = { refusal, scratch }
