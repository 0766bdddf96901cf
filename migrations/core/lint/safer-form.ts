/** Which directive does it without keeping others waiting; the first that fits. */
const forms: readonly (readonly [RegExp, string])[] = [
  [
    /\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)/i,
    "await op.safe.createIndex('name', 'table', ['column']) builds it CONCURRENTLY, outside the transaction",
  ],
  [
    /\bDROP\s+INDEX\s+(?!CONCURRENTLY)/i,
    'await op.autocommit(() => op.execute(`DROP INDEX CONCURRENTLY …`)) does not block others',
  ],
  [
    /^\s*REINDEX\b(?!.*\bCONCURRENTLY\b)/is,
    'await op.autocommit(() => op.execute(`REINDEX TABLE CONCURRENTLY …`)) does not block readers and writers',
  ],
  [
    /\bVALIDATE\s+CONSTRAINT\b/i,
    'validate it in a transaction of its own, after the one that adds it: await op.autocommit(() => op.execute(`ALTER TABLE … VALIDATE CONSTRAINT …`)); op.safe.addCheck and op.safe.addForeignKey do so',
  ],
  [
    /\bFOREIGN\s+KEY\b|\bREFERENCES\b/i,
    "await op.safe.addForeignKey('name', 'table', 'other', ['column'], ['id']) adds it NOT VALID and validates it afterwards",
  ],
  [
    /\bSET\s+NOT\s+NULL\b/i,
    "await op.safe.setNotNull('table', 'column') uses a validated CHECK, without a scan under the lock",
  ],
  [
    /\bADD\s+(CONSTRAINT\s+\S+\s+)?CHECK\b/i,
    "await op.safe.addCheck('name', 'table', 'condition') adds it NOT VALID and validates it afterwards",
  ],
  [
    /\bADD\s+(CONSTRAINT\s+\S+\s+)?(UNIQUE|PRIMARY\s+KEY)\b/i,
    'build the index first with op.safe.createIndex(…, { unique: true }), then ADD CONSTRAINT … USING INDEX',
  ],
  [
    /\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b/i,
    "await op.safe.changeType('table', 'column', { type: 'bigint' }) fills a new column and swaps the two",
  ],
  [
    /\bADD\s+(COLUMN\s+)?.*\b(DEFAULT|GENERATED|(BIG|SMALL)?SERIAL)\b/is,
    "add the column without a default, await op.backfill({ table: 'table', set: '…', where: '…' }), then set the default",
  ],
  [
    /\bRENAME\b/i,
    'running code uses the old name: add the new one as well (a column that a trigger fills, a view for a table), change the code, then drop the old one in a later revision',
  ],
  [
    /\bDROP\s+(COLUMN|TABLE|VIEW)\b/i,
    'first release code that does not use it; then add: mig-lint ignore RULE: unused since …',
  ],
  [
    /^\s*(UPDATE|DELETE|MERGE|WITH)\b/i,
    "await op.backfill({ table: 'table', set: '…', where: '…' }) goes through the table in batches, each its own transaction",
  ],
  [
    /\bREFRESH\s+MATERIALIZED\s+VIEW\s+(?!CONCURRENTLY)/i,
    'REFRESH MATERIALIZED VIEW CONCURRENTLY does not block readers; it needs a unique index',
  ],
  [/^\s*(VACUUM|CLUSTER)\b/i, 'plain VACUUM blocks nobody; to shrink a table in use, see pg_repack'],
  [
    /\bEXCLUDE\s+(USING\b|\()|\bSET\s+((UN)?LOGGED|TABLESPACE|ACCESS\s+METHOD)\b/i,
    "every form of it takes this lock: run it alone at a quiet time, with export const lockTimeout = '1s', so that it does not queue for long",
  ],
]

/** The safer form of a statement, or undefined when there is none of ours. */
export function saferForm(sql: string): string | undefined {
  return forms.find(([pattern]) => pattern.test(sql))?.[1]
}
