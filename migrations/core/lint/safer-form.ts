import { wordsOf } from '../postgres/sql/words.ts'

/**
 * Which directive does it without keeping others waiting, by words of the statement; the first that fits. `^` is the
 * beginning, `!` a word that it must not have.
 */
const forms: Readonly<Record<string, string>> = {
  '^create index&!concurrently|^create unique index&!concurrently':
    "await op.safe.createIndex('name', 'table', ['column']) builds it CONCURRENTLY, outside the transaction",
  '^drop index&!concurrently':
    'await op.autocommit(() => op.execute(`DROP INDEX CONCURRENTLY …`)) does not block others',
  '^reindex&!concurrently':
    'await op.autocommit(() => op.execute(`REINDEX TABLE CONCURRENTLY …`)) does not block readers and writers',
  'validate constraint':
    'validate it in a transaction of its own, after the one that adds it: await op.autocommit(() => op.execute(`ALTER TABLE … VALIDATE CONSTRAINT …`)); op.safe.addCheck and op.safe.addForeignKey do so',
  'foreign key|references':
    "await op.safe.addForeignKey('name', 'table', 'other', ['column'], ['id']) adds it NOT VALID and validates it afterwards",
  'set not null':
    "await op.safe.setNotNull('table', 'column') uses a validated CHECK, without a scan under the lock",
  'add check':
    "await op.safe.addCheck('name', 'table', 'condition') adds it NOT VALID and validates it afterwards",
  'add unique|add primary key':
    'build the index first with op.safe.createIndex(…, { unique: true }), then ADD CONSTRAINT … USING INDEX',
  '^alter table&type':
    "await op.safe.changeType('table', 'column', { type: 'bigint' }) fills a new column and swaps the two",
  'add&default|add&generated|add&serial|add&bigserial|add&smallserial':
    "add the column without a default, await op.backfill({ table: 'table', set: '…', where: '…' }), then set the default",
  rename:
    'running code uses the old name: add the new one as well (a column that a trigger fills, a view for a table), change the code, then drop the old one in a later revision',
  'drop column|drop table|drop view':
    'first release code that does not use it; then add: mig-lint ignore RULE: unused since …',
  '^update|^delete|^merge|^with':
    "await op.backfill({ table: 'table', set: '…', where: '…' }) goes through the table in batches, each its own transaction",
  '^refresh materialized view&!concurrently':
    'REFRESH MATERIALIZED VIEW CONCURRENTLY does not block readers; it needs a unique index',
  '^vacuum|^cluster': 'plain VACUUM blocks nobody; to shrink a table in use, see pg_repack',
  'add exclude|set logged|set unlogged|set tablespace|set access method':
    "every form of it takes this lock: run it alone at a quiet time, with export const lockTimeout = '1s', so that it does not queue for long",
}

/** The safer form of a statement, or undefined when there is none of ours. */
export function saferForm(sql: string): string | undefined {
  const words = wordsOf(sql).map(({ lower }) => lower)
  const text = ` ${words.join(' ')} `.replaceAll(/ add constraint \S+ /g, ' add ')
  const says = (part: string): boolean => {
    if (part.startsWith('!')) return !says(part.slice(1))
    return part.startsWith('^') ? text.startsWith(` ${part.slice(1)} `) : text.includes(` ${part} `)
  }
  const fits = (key: string) => key.split('|').some((each) => each.split('&').every(says))
  return Object.entries(forms).find(([key]) => fits(key))?.[1]
}
