import { commentChange, type Extra, type ExtraKind, inQuotes, quoted, worded } from './kind.ts'

const words: Readonly<Record<string, string>> = {
  O: 'ENABLE',
  D: 'DISABLE',
  R: 'ENABLE REPLICA',
  A: 'ENABLE ALWAYS',
}

const states = { O: 'yes', D: 'no', R: 'on replicas', A: 'always' }

/**
 * What a partition says otherwise of a row trigger that it has from the whole table: whether it fires, and its comment.
 * ALTER TABLE … DISABLE TRIGGER of the whole table reaches every partition, so what differs is set after it.
 */
export const partitionTriggers: ExtraKind = {
  name: 'partition trigger',
  lock: 'accessExclusive',
  query: () => `
    SELECT n.nspname AS schema, c.relname AS relation, g.tgname AS name,
           json_build_object(
             'enabled', g.tgenabled,
             'parent enabled', p.tgenabled,
             'parent definition', pg_get_triggerdef(p.oid),
             'comment', obj_description(g.oid, 'pg_trigger')) AS values
    FROM pg_trigger g
    JOIN pg_trigger p ON p.oid = g.tgparentid
    JOIN pg_class c ON c.oid = g.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE g.tgconstraint = 0 OR EXISTS (SELECT FROM pg_constraint k WHERE k.oid = g.tgconstraint AND k.contype = 't')`,
  shown: { enabled: worded(states), comment: inQuotes },
  change: (from, to) => {
    if (to === undefined) return []
    const table = quoted(to.schema, to.relation ?? '')
    const name = quoted(to.name)
    return [
      ...(follows(to) && (from === undefined || follows(from))
        ? []
        : [`ALTER TABLE ${table} ${words[to.values.enabled ?? 'O'] ?? 'ENABLE'} TRIGGER ${name}`]),
      ...commentChange(`TRIGGER ${name} ON ${table}`, from, to),
    ]
  },
}

function follows({ values }: Extra): boolean {
  return values.enabled === values['parent enabled']
}
