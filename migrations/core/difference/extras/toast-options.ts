import { type ExtraKind, quoted } from './kind.ts'
import { optionChanges, optionsSql } from './options.ts'

/** Storage parameters of the table that keeps long values (`toast.…`), which has a row of its own in pg_class. */
export const toastOptions: ExtraKind = {
  name: 'toast options',
  lock: 'shareUpdateExclusive',
  query: () => `
    SELECT n.nspname AS schema, c.relname AS relation, '' AS name,
           json_build_object('relkind', c.relkind, 'options', ${optionsSql('toast.reloptions')}) AS values
    FROM pg_class c
    JOIN pg_class toast ON toast.oid = c.reltoastrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE toast.reloptions IS NOT NULL AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  change: (from, to) => {
    const either = to ?? from
    if (either === undefined) return { before: [], after: [] }
    const word = either.values.relkind === 'm' ? 'MATERIALIZED VIEW' : 'TABLE'
    const target = `ALTER ${word} ${quoted(either.schema, either.relation ?? '')}`
    const [old, wanted] = [from?.values.options ?? null, to?.values.options ?? null]
    return { before: [], after: optionChanges(target, old, wanted, 'toast.') }
  },
}
