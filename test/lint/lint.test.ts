import { describe, expect } from 'vitest'
import { saferForm } from '../../migrations/core/lint/safer-form.ts'
import { squawk } from '../../migrations/core/lint/squawk.ts'
import { type JsonLine, jsonLines, justOn, succeed } from '../e2e/support/just.ts'
import { environmentText, revisionFiles, temporaryProject } from '../e2e/support/project.ts'
import { databaseTest } from '../support/database.ts'
import { repository } from '../support/recipes.ts'

interface LintRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly findings: readonly JsonLine[]
  readonly locks: readonly JsonLine[]
}

/** A table is there already; `change` is the revision that is looked at. */
const test = databaseTest.extend<{
  lint: (change: string, args?: string) => Promise<LintRun>
  project: Awaited<ReturnType<typeof temporaryProject>>
}>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter
  project: async ({}, use) => {
    const project = await temporaryProject({ 'migrations/env.ts': environmentText({ one: 'app_one' }) })
    await use(project)
    await project.remove()
  },
  lint: async ({ database, project }, use) => {
    const just = justOn(database.url, { cwd: project.path })
    await use(async (change, args = '--format json') => {
      await project.write(
        revisionFiles('one', [
          {
            id: 'aaaa00000001',
            upgrade:
              'await op.execute(`CREATE TABLE t (id bigint PRIMARY KEY, n int, note text, name varchar(50)); CREATE MATERIALIZED VIEW m AS SELECT 1 AS n`)',
            downgrade: 'await op.execute(`DROP MATERIALIZED VIEW m; DROP TABLE t`)',
          },
          { id: 'aaaa00000002', down: 'aaaa00000001', upgrade: change },
        ]),
      )
      const result = await just(`mig-lint aaaa00000002 one ${args}`)
      const lines = args.includes('json') ? jsonLines(result) : []
      return {
        ...result,
        findings: lines.filter(({ event }) => event === 'finding'),
        locks: lines.filter(({ event }) => event === 'statement-lock'),
      }
    })
  },
})

const rules = (findings: readonly JsonLine[]) => findings.map(({ rule, level }) => `${rule} ${level}`)

describe('mig-lint', () => {
  test('measures the lock of an index build, and names the safer form', async ({ lint }) => {
    const { code, findings, locks } = await lint('await op.execute(`CREATE INDEX i ON t (n)`)')
    expect(code).toBe(1)
    expect(locks).toEqual([
      expect.objectContaining({ table: 'app_one.t', lock: 'SHARE', blocks: 'writes', work: 'index build' }),
    ])
    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'blocking-scan',
        also: ['require-concurrent-index-creation'],
        help: expect.stringContaining('op.safe.createIndex'),
        place: expect.objectContaining({ line: expect.any(Number) }),
      }),
    ])
  })

  test('finds nothing wrong with the safe form', async ({ lint }) => {
    const { code, findings, locks } = await lint(`await op.safe.createIndex('i', 't', ['n'])`)
    expect(findings).toEqual([])
    expect(locks).toEqual([expect.objectContaining({ lock: 'SHARE UPDATE EXCLUSIVE', blocks: 'nothing' })])
    expect(code).toBe(0)
  })

  test('sees a rewrite', async ({ lint }) => {
    const { findings, locks } = await lint('await op.execute(`ALTER TABLE t ALTER COLUMN n TYPE bigint`)')
    expect(locks).toEqual([expect.objectContaining({ lock: 'ACCESS EXCLUSIVE', work: 'rewrite' })])
    expect(findings[0]).toMatchObject({
      rule: 'table-rewrite',
      help: expect.stringContaining('op.safe.changeType'),
    })
  })

  test.for([
    ['ALTER TABLE t ALTER COLUMN note SET NOT NULL', 'ACCESS EXCLUSIVE', 'scan', 'op.safe.setNotNull'],
    ['ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0)', 'ACCESS EXCLUSIVE', 'scan', 'op.safe.addCheck'],
    ['ALTER TABLE t ADD CONSTRAINT u UNIQUE (n)', 'ACCESS EXCLUSIVE', 'index build', 'USING INDEX'],
    ['UPDATE t SET n = 1', 'ROW EXCLUSIVE', 'update', undefined],
    ['ALTER TABLE t ADD COLUMN more text', 'ACCESS EXCLUSIVE', null, undefined],
    [
      'ALTER TABLE t ADD COLUMN at timestamptz DEFAULT clock_timestamp()',
      'ACCESS EXCLUSIVE',
      'rewrite',
      'op.backfill',
    ],
  ] as const)('knows of %s that it takes %s', async ([sql, lock, work, help], { lint }) => {
    const { findings, locks } = await lint(`await op.execute(\`${sql}\`)`)
    expect(locks).toEqual([expect.objectContaining({ table: 'app_one.t', lock, work })])
    const ours = findings.find(({ rule }) => ['blocking-scan', 'table-rewrite'].includes(String(rule)))
    if (help === undefined) expect(ours).toBeUndefined()
    else expect(ours?.help).toContain(help)
  })

  // The line that helps out of each is run as it stands, with names put in.
  test.for([
    ['ALTER TABLE t ADD CHECK (n > 0)', { name: 'made', table: 't', condition: 'n > 0' }],
    ['ALTER TABLE t ALTER n SET NOT NULL', { table: 't', column: 'n' }],
    ['ALTER TABLE t ADD FOREIGN KEY (id) REFERENCES t', { name: 'f', table: 't', other: 't', column: 'id' }],
    ['ALTER TABLE t ALTER n TYPE bigint', { table: 't', column: 'n' }],
    ['CREATE INDEX ON t (n)', { name: 'i', table: 't', column: 'n' }],
    ['UPDATE t SET n = 1', { table: 't', "set: '…'": "set: 'n = 1'", "where: '…'": "where: 'n IS NULL'" }],
  ] as const)('what it says instead of %s runs, and is left alone', async ([sql, names], { lint }) => {
    const code = /^await .*?\)(?= )/.exec(saferForm(sql) ?? '')?.[0] ?? ''
    const safe = Object.entries(names).reduce(
      (text, [from, to]) =>
        from.includes(':') ? text.replace(from, to) : text.replaceAll(`'${from}'`, `'${to}'`),
      code,
    )
    expect(safe).toMatch(/^await op\./)
    const result = await lint(safe)
    expect(rules(result.findings).filter((rule) => !rule.startsWith('prefer-'))).toEqual([])
    expect(result.code, result.stderr).toBe(0)
  })

  test('does not take for a rewrite what the server does without one', async ({ lint }) => {
    const longer = await lint('await op.execute(`ALTER TABLE t ALTER COLUMN name TYPE varchar(100)`)')
    expect(rules(longer.findings)).toEqual(['prefer-text-field advice'])
  })

  test('sees that what is validated in the same transaction is read under the lock', async ({ lint }) => {
    const { findings, locks } = await lint(
      'await op.execute(`ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT VALID`); await op.execute(`ALTER TABLE t VALIDATE CONSTRAINT c`)',
    )
    expect(locks).toEqual([
      expect.objectContaining({ heldBefore: false, work: null }),
      expect.objectContaining({ heldBefore: true, work: 'scan', lock: 'ACCESS EXCLUSIVE' }),
    ])
    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'blocking-scan',
        message: expect.stringContaining('still holds ACCESS EXCLUSIVE on app_one.t'),
        help: expect.stringContaining('in a transaction of its own'),
      }),
    ])
  })

  test.for([
    ['VACUUM FULL t', 'app_one.t'],
    ['REFRESH MATERIALIZED VIEW m', 'app_one.m'],
    ['CLUSTER t USING t_pkey', 'app_one.t'],
  ] as const)(
    'sees that %s rewrites the table, whether in a transaction or in none',
    async ([sql, table], { lint }) => {
      const { findings } = await lint(`await op.autocommit(() => op.execute(\`${sql}\`))`)
      expect(findings).toEqual([
        expect.objectContaining({ rule: 'table-rewrite', message: expect.stringContaining(table) }),
      ])
    },
  )

  test('says once what two rules of squawk say of one statement, and takes an ignore by either', async ({
    lint,
    database,
  }) => {
    await database.client.query('CREATE SCHEMA app_one; CREATE TABLE app_one.t (id bigint, n int, note text)')
    const unique = 'await op.execute(`ALTER TABLE t ADD CONSTRAINT u UNIQUE (n)`)'
    const { findings } = await lint(unique)
    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'disallowed-unique-constraint',
        also: ['constraint-missing-not-valid'],
        level: 'advice',
      }),
    ])
    const ignored = await lint(`// mig-lint ignore constraint-missing-not-valid: it is small\n  ${unique}`)
    expect(ignored.findings).toEqual([])
  })

  test('names the revision and the statement that do not run', async ({ lint }) => {
    const { code, stderr } = await lint('await op.execute(`ALTER TABLE nowhere ADD COLUMN n int`)')
    expect(code).toBe(3)
    expect(stderr).toContain('aaaa00000002')
    expect(stderr).toContain('relation "nowhere" does not exist')
  })

  test('raises no alarm about a table of the same run', async ({ lint }) => {
    const { findings } = await lint(
      'await op.execute(`CREATE TABLE u (id bigint PRIMARY KEY)`); await op.execute(`ALTER TABLE u ADD COLUMN n bigint NOT NULL`); await op.execute(`CREATE INDEX v ON u (n)`)',
    )
    expect(findings).toEqual([])
  })

  test('raises none about an index of such a table that goes again, and does about another', async ({
    lint,
  }) => {
    const made =
      'await op.execute(`CREATE TABLE fresh (id bigint, n bigint)`); await op.execute(`CREATE INDEX i ON fresh (n)`)'
    expect((await lint(`${made}; await op.execute(\`DROP INDEX i\`)`)).findings).toEqual([])
    const other = await lint('await op.execute(`CREATE INDEX j ON t (n)`); await op.execute(`DROP INDEX j`)')
    expect(rules(other.findings)).toContain('require-concurrent-index-deletion warning')
  })

  test('looks at what a revision really runs, not at its text', async ({ lint }) => {
    const { findings } = await lint(
      "const words = ['DROP', 'COLUMN']; for (const name of ['n']) await op.execute(`ALTER TABLE t ${words.join(' ')} ${name}`)",
    )
    expect(rules(findings)).toContain('ban-drop-column warning')
  })

  test("is not led astray by what squawk's parser does not know", async () => {
    const statements = [
      "COMMENT ON TABLE t IS E'one\\n' -- and\n  'it\\'s ''two'",
      "SELECT 'a', e'\\\\'\n, 'b'",
      'ALTER TABLE u ADD PRIMARY KEY (n, period WITHOUT OVERLAPS)',
      'ALTER TABLE t DROP COLUMN c',
    ]
    const found = await squawk(new Map([['one', statements]]), 18, repository)
    expect(found.map(({ rule, level, statement }) => `${statement} ${rule} ${level}`)).toEqual([
      '3 ban-drop-column warning',
      '2 syntax-error warning',
    ])
    expect(found.at(-1)?.message).toMatch(/^squawk cannot parse this statement, which PostgreSQL runs/)
  })

  test('goes by the size of the live table', async ({ lint, database }) => {
    const { client } = database
    await client.query('CREATE SCHEMA app_one; CREATE TABLE app_one.t (id bigint, n int, note text)')
    const small = await lint('await op.execute(`CREATE INDEX i ON t (n)`)')
    expect(rules(small.findings)).toEqual(['require-concurrent-index-creation advice'])
    await client.query(
      `INSERT INTO app_one.t SELECT i, i, repeat('x', 1000) FROM generate_series(1, 100000) AS i; ANALYZE app_one.t`,
    )
    const large = await lint('await op.execute(`CREATE INDEX i ON t (n)`)')
    expect(rules(large.findings)).toEqual(['blocking-scan warning'])
    expect(large.findings[0]?.message).toMatch(
      /app_one\.t \(\d+ MB, 100000 rows\), which blocks writes, held for about \d/,
    )
  })

  test('takes an ignore with a reason, under either name', async ({ lint }) => {
    const index = 'await op.execute(`CREATE INDEX i ON t (n)`)'
    for (const rule of ['blocking-scan', 'require-concurrent-index-creation']) {
      const { code, findings } = await lint(
        `// mig-lint ignore ${rule}: the table is empty until the launch\n  ${index}`,
      )
      expect(findings).toEqual([])
      expect(code).toBe(0)
    }
  })

  test('refuses an ignore without a reason, and reports one that ignores nothing', async ({ lint }) => {
    const { code, findings } = await lint(
      '// mig-lint ignore blocking-scan\n  // mig-lint ignore ban-drop-column: long gone\n  await op.execute(`CREATE INDEX i ON t (n)`)',
    )
    expect(code).toBe(1)
    expect(rules(findings)).toEqual([
      'blocking-scan warning',
      'ignore-without-reason error',
      'unused-ignore warning',
    ])
  })

  test('ends with 1 from the chosen level on', async ({ lint }) => {
    const change = 'await op.execute(`CREATE INDEX i ON t (n)`)'
    expect((await lint(change, '--format json --level error')).code).toBe(0)
    expect((await lint(change, '--format json --level warning')).code).toBe(1)
    const wrong = await lint(change, '--level worst')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('error MIG-bad-flag')
  })

  test('annotates for GitHub', async ({ lint }) => {
    const { stdout } = await lint('await op.execute(`CREATE INDEX i ON t (n)`)', '--format github')
    expect(stdout).toMatch(
      /^::warning file=migrations\/versions\/one\/.*aaaa00000002_x\.ts,line=\d+,title=mig-lint blocking-scan aaaa00000002::takes SHARE/m,
    )
  })

  test('looks at what is pending when no range is given', async ({ lint, project, database }) => {
    await lint('await op.execute(`CREATE INDEX i ON t (n)`)')
    const just = justOn(database.url, { cwd: project.path })
    await just('mig-upgrade aaaa00000001 one')
    const pending = jsonLines(await just('mig-lint one --json'))
    expect(pending.filter(({ event }) => event === 'statement-lock')).toEqual([
      expect.objectContaining({ revision: 'aaaa00000002' }),
    ])
    await just('mig-upgrade head one')
    expect((await just(['mig-lint', '', 'one'])).stdout).toContain('0 revisions')
  })

  test('refuses a range that leads down', async ({ lint, project, database }) => {
    await lint('')
    const result = await justOn(database.url, { cwd: project.path })('mig-lint head:base one')
    expect(result.code).toBe(2)
    expect(result.stderr).toContain('error MIG-bad-range')
  })
})

databaseTest('what no tenant has yet is pending for a tenant line', async ({ database }) => {
  const project = await temporaryProject({
    'migrations/env.ts': `export default { schemas: { tenant: { tenants: { like: 'tenant_%' } } } }\n`,
    ...revisionFiles('tenant', [
      { id: 'aaaa00000001', upgrade: 'await op.execute(`CREATE TABLE t (n int)`)' },
      { id: 'aaaa00000002', down: 'aaaa00000001', upgrade: 'await op.execute(`CREATE INDEX i ON t (n)`)' },
    ]),
  })
  try {
    const just = justOn(database.url, { cwd: project.path })
    await database.client.query('CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b')
    await succeed(just('mig-upgrade aaaa00000001 tenant --tenants all'))
    await database.client.query('INSERT INTO tenant_b.t SELECT generate_series(1, 1000); ANALYZE tenant_b.t')
    const lines = jsonLines(await just(['mig-lint', '', 'tenant', '--json']))
    expect(lines.filter(({ event }) => event === 'finding')).toEqual([
      expect.objectContaining({ rule: 'require-concurrent-index-creation', revision: 'aaaa00000002' }),
    ])
    // The largest tenant counts.
    expect(lines.filter(({ event }) => event === 'statement-lock')).toEqual([
      expect.objectContaining({ size: expect.objectContaining({ rows: 1000 }) }),
    ])
  } finally {
    await project.remove()
  }
})
