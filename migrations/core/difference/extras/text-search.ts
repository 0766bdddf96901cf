import { asIs, type ExtraKind, inQuotes, quoted, recreated } from './kind.ts'

const userObject = (catalog: string, oid: string) =>
  `${oid} >= 16384 AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`

/** Text search dictionaries (CREATE TEXT SEARCH DICTIONARY). */
export const textSearchDictionaries: ExtraKind = {
  name: 'text search dictionary',
  lock: 'none',
  query: () => `
    SELECT n.nspname AS schema, NULL::text AS relation, d.dictname AS name,
           json_build_object('template', quote_ident(tn.nspname) || '.' || quote_ident(t.tmplname),
                             'options', d.dictinitoption,
                             'comment', obj_description(d.oid, 'pg_ts_dict')) AS values
    FROM pg_ts_dict d
    JOIN pg_namespace n ON n.oid = d.dictnamespace
    JOIN pg_ts_template t ON t.oid = d.dicttemplate
    JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
    WHERE ${userObject('pg_ts_dict', 'd.oid')}`,
  isObject: true,
  shown: { template: asIs, options: asIs, comment: inQuotes },
  change: (from, to, { schema, name }) => {
    const dictionary = `TEXT SEARCH DICTIONARY ${quoted(schema, name)}`
    return recreated(dictionary, from, to, ['template', 'options'], ({ values: { template, options } }) => [
      `CREATE ${dictionary} (TEMPLATE = ${template ?? ''}${options == null ? '' : `, ${options}`})`,
    ])
  },
}

/** Text search configurations with their mappings (ALTER TEXT SEARCH CONFIGURATION … ADD MAPPING). */
export const textSearchConfigurations: ExtraKind = {
  name: 'text search configuration',
  lock: 'none',
  query: () => `
    SELECT n.nspname AS schema, NULL::text AS relation, c.cfgname AS name,
           json_build_object(
             'parser', quote_ident(pn.nspname) || '.' || quote_ident(p.prsname),
             'mappings', (SELECT json_agg(json_build_array(m.alias, m.dictionaries) ORDER BY m.alias)::text FROM (
                SELECT tt.alias, string_agg(quote_ident(dn.nspname) || '.' || quote_ident(d.dictname), ', ' ORDER BY cm.mapseqno) AS dictionaries
                FROM pg_ts_config_map cm
                JOIN ts_token_type(c.cfgparser) tt ON tt.tokid = cm.maptokentype
                JOIN pg_ts_dict d ON d.oid = cm.mapdict
                JOIN pg_namespace dn ON dn.oid = d.dictnamespace
                WHERE cm.mapcfg = c.oid GROUP BY tt.alias) m),
             'comment', obj_description(c.oid, 'pg_ts_config')) AS values
    FROM pg_ts_config c
    JOIN pg_namespace n ON n.oid = c.cfgnamespace
    JOIN pg_ts_parser p ON p.oid = c.cfgparser
    JOIN pg_namespace pn ON pn.oid = p.prsnamespace
    WHERE ${userObject('pg_ts_config', 'c.oid')}`,
  isObject: true,
  shown: {
    parser: asIs,
    mappings: (value) =>
      mappingsOf(value)
        .map(([token, list]) => `${token} with ${list}`)
        .join('; ') || 'none',
    comment: inQuotes,
  },
  change: (from, to, { schema, name }) => {
    const configuration = `TEXT SEARCH CONFIGURATION ${quoted(schema, name)}`
    return recreated(configuration, from, to, ['parser', 'mappings'], ({ values: { parser, mappings } }) => [
      `CREATE ${configuration} (PARSER = ${parser ?? ''})`,
      ...mappingsOf(mappings ?? null).map(
        ([token, list]) => `ALTER ${configuration} ADD MAPPING FOR ${token} WITH ${list}`,
      ),
    ])
  },
}

/** The dictionaries of each kind of token. */
function mappingsOf(json: string | null): readonly (readonly [token: string, dictionaries: string])[] {
  return JSON.parse(json ?? '[]')
}
