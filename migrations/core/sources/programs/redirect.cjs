// @ts-nocheck: it replaces parts of Node and of drivers that have no types.
// Loaded into every Node process of a program that works on a scratch database (NODE_OPTIONS=--require): the drivers `pg`
// and `postgres` connect there whatever they are told. Of a tool whose run is recorded any other connection is refused.
'use strict'
const Module = require('node:module')
const net = require('node:net')
const { join } = require('node:path')
const { refusal, scratch } = require('./only-scratch.cjs')

const targets = new Set()

/** Two databases would become one. Those that every server has are asked for the other's existence. */
function noteTarget(host, port, database) {
  if (scratch.several) return
  if (database === scratch.database || database === 'postgres' || database === 'template1') return
  // Without a port of its own it has that of PGPORT, which is ours.
  const place = Number(port || scratch.port) === scratch.port ? '' : `:${port}`
  targets.add(`${host || 'localhost'}${place}/${database || ''}`)
  if (targets.size > 1) throw refusal('several-databases', [...targets].sort().join(', '))
}

/** Encryption is as the program has it where that is for the same server, else as the scratch database's own. */
function tlsFor(host, port, given) {
  const isSame = (host || 'localhost') === scratch.host && Number(port || 5432) === scratch.port
  return scratch.keepsTls && isSame ? given : (scratch.ssl ?? false)
}

function redirectParameters(Original) {
  return class ConnectionParameters extends Original {
    constructor(config) {
      super(config)
      noteTarget(this.host, this.port, this.database)
      const { host, port, database, user, password } = scratch
      const ssl = tlsFor(this.host, this.port, this.ssl)
      Object.assign(this, { host, port, database, user, ssl, isDomainSocket: host.startsWith('/') })
      if (this.sslnegotiation !== undefined && !ssl) this.sslnegotiation = 'postgres'
      Object.defineProperty(this, 'password', {
        configurable: true,
        enumerable: false,
        writable: true,
        value: password,
      })
    }
  }
}

/** The arguments of `postgres(url, options)`, or of `postgres(options)`. */
function postgresArguments(first, second) {
  // What it made of such arguments itself, for its connections that listen.
  if (first?.shared) return [first]
  const isUrl = typeof first === 'string'
  const options = (isUrl || !first ? second : first) || {}
  const url = isUrl ? urlOf(first) : undefined
  const [givenHost, givenPort] = [
    options.hostname || options.host || url?.hostname,
    options.port || url?.port,
  ]
  noteTarget(
    givenHost,
    givenPort,
    // PGDATABASE, which is ours.
    options.database || options.db || url?.pathname.slice(1) || scratch.database,
  )
  const { host, port, database, user, password } = scratch
  const place = { host, hostname: host, port, path: undefined, database, db: database }
  const session = { user, username: user, pass: password, password, target_session_attrs: 'primary' }
  // What else the URL says stays, such as the settings of the session: it would send them `host`, which libpq's URLs have.
  const rest = isUrl ? first.replace(/([?&])host=[^&]*&?/, '$1') : undefined
  const ssl = tlsFor(givenHost, givenPort, options.ssl)
  return [rest, { ...options, ...place, ...session, ssl, ...(ssl ? {} : { sslnegotiation: null }) }]
}

/** It may name several hosts, which no URL has. */
function urlOf(text) {
  const first = text.replace(/(:\/\/(?:[^/?@]*@)?[^/?,]*),[^/?]*/, '$1')
  return URL.canParse(first) ? new URL(first) : undefined
}
globalThis[Symbol.for('just-mig scratch')] = postgresArguments

const load = Module._load
const replaced = new Map()
Module._load = function (request, parent, isMain) {
  const loaded = load.call(this, request, parent, isMain)
  if (!/connection-parameters|postgres|src/.test(request)) return loaded
  const file = resolved(request, parent, isMain)
  const replace = /[\\/]pg[\\/]lib[\\/]connection-parameters\.js$/.test(file)
    ? redirectParameters
    : /[\\/]postgres[\\/]cjs[\\/]src[\\/]index\.js$/.test(file)
      ? (original) => Object.assign((...given) => original(...postgresArguments(...given)), original)
      : undefined
  if (replace === undefined) return loaded
  if (!replaced.has(file)) replaced.set(file, replace(loaded))
  return replaced.get(file)
}

function resolved(request, parent, isMain) {
  try {
    return Module._resolveFilename(request, parent, isMain)
  } catch {
    return ''
  }
}

const hooks = `
export async function load(url, context, next) {
  const loaded = await next(url, context)
  if (!/\\/postgres\\/src\\/index\\.js$/.test(url) || loaded.source == null) return loaded
  const head = 'function Postgres(a, b) {'
  const source = String(loaded.source)
    .replace(head, head + ' [a, b] = globalThis[Symbol.for("just-mig scratch")](a, b);')
  return { ...loaded, source }
}`
Module.register(`data:text/javascript,${encodeURIComponent(hooks)}`)

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...given) {
  const [first, second] = Array.isArray(given[0]) ? given[0] : given
  const { path, port, host } =
    typeof first === 'object' && first !== null
      ? first
      : Number.isNaN(Number(first))
        ? { path: first }
        : { port: first, host: typeof second === 'string' ? second : 'localhost' }
  if (scratch.network || isAllowed(path, port, host)) return connect.apply(this, given)
  const error = refusal('connection-refused', path ?? `${host ?? 'localhost'}:${port}`)
  process.nextTick(() => this.destroy(error))
  return this
}

function isAllowed(path, port, host) {
  // Other sockets of the file system are the tool's own, such as those between its processes.
  if (path) return !/\.s\.PGSQL\.\d+$/.test(path) || path === join(scratch.host, `.s.PGSQL.${scratch.port}`)
  return (
    Number(port) === scratch.port && [undefined, 'localhost', '127.0.0.1', '::1', scratch.host].includes(host)
  )
}
