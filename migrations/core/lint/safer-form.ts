/** Which directive does it without keeping others waiting; the first that fits. */
const forms: readonly (readonly [RegExp, string])[] = [
  [
    /\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)/i,
    "await op.safe.createIndex('name', 'table', ['column']) builds it CONCURRENTLY, outside the transaction",
  ],
  [
    /\bDROP\s+INDEX\s+(?!CONCURRENTLY)/i,
    'await op.autocommit(() => op.execute(`DROP INDEX CONCURRENTLY …`)) waits for nobody’s lock',
  ],
  [
    /\bFOREIGN\s+KEY\b|\bREFERENCES\b/i,
    "await op.safe.addForeignKey('name', 'table', ['column'], 'other', ['id']) adds it NOT VALID and validates it afterwards",
  ],
  [
    /\bSET\s+NOT\s+NULL\b/i,
    "await op.safe.setNotNull('table', 'column') lets a validated CHECK prove it, without a scan under the lock",
  ],
  [
    /\bADD\s+(CONSTRAINT\s+\S+\s+)?CHECK\b/i,
    "await op.safe.addCheck('table', 'name', 'condition') adds it NOT VALID and validates it afterwards",
  ],
  [
    /\bADD\s+(CONSTRAINT\s+\S+\s+)?(UNIQUE|PRIMARY\s+KEY)\b/i,
    'build the index first with op.safe.createIndex(…, { unique: true }), then ADD CONSTRAINT … USING INDEX',
  ],
  [
    /\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b/i,
    "await op.safe.changeType('table', 'column', 'type') fills a new column beside it and swaps the two",
  ],
  [
    /\bADD\s+(COLUMN\s+)?.*\b(DEFAULT|GENERATED)\b/is,
    'add the column without a default, await op.backfill({ table, set, where }), then set the default',
  ],
  [
    /^\s*(UPDATE|DELETE|WITH)\b/i,
    'await op.backfill({ table, set, where }) goes through the table in batches, each its own transaction',
  ],
  [
    /\bREFRESH\s+MATERIALIZED\s+VIEW\s+(?!CONCURRENTLY)/i,
    'REFRESH MATERIALIZED VIEW CONCURRENTLY lets readers go on; it needs a unique index',
  ],
]

/** The safer form of a statement, or undefined when there is none of ours. */
export function saferForm(sql: string): string | undefined {
  return forms.find(([pattern]) => pattern.test(sql))?.[1]
}
