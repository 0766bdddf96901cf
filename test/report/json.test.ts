import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import type { MigEvent } from '../../migrations/core/events.ts'
import { errorLine, jsonLine, type ResultLine } from '../../migrations/core/report/json.ts'

type Line = MigEvent | ResultLine
type Fields<Name extends Line['event']> = Exclude<keyof Extract<Line, { event: Name }>, 'event'>

const step = {
  revision: 1,
  direction: 1,
  line: 1,
  targetSchema: 1,
  message: 1,
  neededBy: 1,
  below: 1,
  irreversible: 1,
  losses: 1,
  appliedAfter: 1,
} as const

/** Every line and its fields; the type makes a new event or field a type error here. */
const documented: { readonly [Name in Line['event']]: Readonly<Record<Fields<Name>, 1>> } = {
  plan: { steps: 1 },
  server: { state: 1, detail: 1 },
  'lock-wait': { targetSchema: 1, holder: 1, waitedMs: 1 },
  'schema-created': { targetSchema: 1 },
  'step-start': { index: 1, total: 1, ...step },
  statement: { targetSchema: 1, revision: 1, sql: 1, ms: 1, rows: 1 },
  notice: { severity: 1, message: 1 },
  retry: { revision: 1, targetSchema: 1, attempt: 1, sqlState: 1, delayMs: 1, blockers: 1 },
  progress: {
    revision: 1,
    targetSchema: 1,
    what: 1,
    done: 1,
    total: 1,
    unit: 1,
    perSecond: 1,
    secondsLeft: 1,
  },
  'step-done': { index: 1, total: 1, ms: 1, ...step },
  'tenant-plan': { line: 1, direction: 1, target: 1, tenants: 1, first: 1, last: 1, groups: 1, refused: 1 },
  'tenant-done': { line: 1, targetSchema: 1, shard: 1, steps: 1, ms: 1 },
  'tenant-failed': { line: 1, targetSchema: 1, shard: 1, code: 1, message: 1, ms: 1 },
  'tenants-progress': {
    line: 1,
    done: 1,
    failed: 1,
    left: 1,
    total: 1,
    perSecond: 1,
    secondsLeft: 1,
    slowest: 1,
  },
  warning: { code: 1, message: 1, help: 1, place: 1 },
  environment: { database: 1, source: 1, lines: 1, schemas: 1 },
  current: {
    line: 1,
    targetSchema: 1,
    revision: 1,
    message: 1,
    state: 1,
    behind: 1,
    neverRun: 1,
    trouble: 1,
    last: 1,
    halfDone: 1,
  },
  revision: {
    revision: 1,
    line: 1,
    message: 1,
    downRevision: 1,
    dependsOn: 1,
    branchLabels: 1,
    flags: 1,
    tenants: 1,
    path: 1,
    createdAt: 1,
    irreversible: 1,
    applied: 1,
    children: 1,
    source: 1,
  },
  'branch-point': { revision: 1, line: 1, message: 1, children: 1 },
  finding: { rule: 1, also: 1, level: 1, line: 1, revision: 1, message: 1, help: 1, statement: 1, place: 1 },
  'statement-lock': {
    line: 1,
    revision: 1,
    statement: 1,
    table: 1,
    lock: 1,
    heldBefore: 1,
    blocks: 1,
    work: 1,
    heldMs: 1,
    size: 1,
  },
  check: {
    check: 1,
    status: 1,
    line: 1,
    revision: 1,
    message: 1,
    help: 1,
    place: 1,
    announced: 1,
    ms: 1,
  },
  init: { files: 1, schemas: 1, adopted: 1, others: 1, models: 1, differences: 1 },
  surroundings: { file: 1, roles: 1, extensions: 1, objects: 1 },
  import: { files: 1, proof: 1, adopted: 1, irreversible: 1, recording: 1 },
  importable: { found: 1, known: 1 },
  written: { line: 1, revision: 1, path: 1 },
  loss: { line: 1, loss: 1, rows: 1, estimated: 1 },
  difference: { line: 1, schema: 1, verb: 1, kind: 1, name: 1, detail: 1 },
  pending: { line: 1, targetSchema: 1, revision: 1, message: 1 },
  edited: { line: 1, revision: 1, path: 1, targetSchemas: 1 },
  stamp: { written: 1, changes: 1 },
  status: { kind: 1, targetSchema: 1, what: 1, fix: 1, facts: 1 },
  unlocked: { targetSchemas: 1, holder: 1 },
  tenant: {
    line: 1,
    targetSchema: 1,
    shard: 1,
    revisions: 1,
    state: 1,
    behind: 1,
    neverRun: 1,
    trouble: 1,
    lastRun: 1,
    structure: 1,
    fingerprint: 1,
  },
  'tenant-created': { line: 1, targetSchema: 1, revisions: 1, from: 1, ms: 1 },
  'tenant-dropped': { line: 1, targetSchema: 1 },
  sql: { sql: 1 },
  database: { url: 1, pid: 1, stopped: 1, deleted: 1 },
  rows: { rows: 1 },
  done: { direction: 1, steps: 1, ms: 1, tenants: 1, lines: 1 },
  error: { code: 1, message: 1, help: 1, exitCode: 1, place: 1, facts: 1, causes: 1 },
}

describe('json.md', () => {
  const document = readFileSync(new URL('../../migrations/core/report/json.md', import.meta.url), 'utf8')
  const sections = new Map(
    document
      .split(/^### /m)
      .slice(1)
      .map((section): [string, string] => [section.slice(0, section.indexOf('\n')), section]),
  )

  test('has a section for every event and result, and for nothing else', () => {
    expect([...sections.keys()].sort()).toEqual(Object.keys(documented).sort())
  })

  test.each(Object.entries(documented))('lists the fields of %s', (name, fields) => {
    const rows = (sections.get(name) ?? '').split('\n').filter((row) => row.startsWith('| `'))
    const listed = rows.flatMap((row) =>
      [...(row.split(' | ')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, field]) => field),
    )
    for (const field of Object.keys(fields)) expect(listed).toContain(field)
  })
})

describe('jsonLine', () => {
  test('is one line that reads back, without passwords, with times in ISO 8601', () => {
    const line = jsonLine({
      event: 'current',
      line: 'user',
      targetSchema: 'rfx_user',
      revision: '3f2a9c41b7d0',
      message: 'two\nlines of postgres://ann:s3cret@db/app',
      state: 'head',
      behind: 0,
      last: { at: new Date(0), who: 'ann', host: null, direction: 'upgrade', durationMs: 1 },
      neverRun: [],
      trouble: null,
      halfDone: null,
    })
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toMatchObject({
      message: 'two\nlines of postgres://ann:***@db/app',
      last: { at: '1970-01-01T00:00:00.000Z' },
    })
  })
})

describe('jsonLine of what was asked for', () => {
  test('leaves a URL, rows and a script as they are', () => {
    const url = 'postgresql://ann:s3cret@db/app'
    expect(JSON.parse(jsonLine({ event: 'database', url }))).toEqual({ event: 'database', url })
    expect(jsonLine({ event: 'sql', sql: `-- ${url}` })).toContain('s3cret')
    expect(jsonLine({ event: 'rows', rows: [{ big: 2n ** 60n }] })).toContain('"1152921504606846976"')
  })
})

describe('errorLine', () => {
  test('has the code, the facts and the causes', () => {
    const error = new MigError('x', 'm', { facts: { key: 'usr' }, cause: new Error('c'), exitCode: 3 })
    expect(errorLine(error)).toEqual({
      event: 'error',
      code: 'x',
      message: 'm',
      exitCode: 3,
      facts: { key: 'usr' },
      causes: ['c'],
    })
  })

  test('calls internal what is not a MigError', () => {
    expect(errorLine(new TypeError('m'))).toMatchObject({ code: 'internal', message: 'm', exitCode: 1 })
  })
})
