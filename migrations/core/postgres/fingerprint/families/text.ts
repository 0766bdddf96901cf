import { family, familySelect, listed, namedIn, procedure } from '../sql.ts'

/** Collations and conversions. */
export const collations = family('collations', () => [
  familySelect({
    catalog: 'pg_collation',
    oid: 'x.oid',
    kind: `'collation'`,
    path: 's.prefix || quote_ident(x.collname)',
    name: 'x.collname',
    // Every column, whatever the version calls them. collversion belongs to the machine; collencoding is the
    // database's or -1 by how it was made, which a dump does not keep.
    definition: {
      attributes: `to_jsonb(x.*) - '{oid,collname,collnamespace,collowner,collversion,collencoding}'::text[]`,
    },
    from: listed('pg_collation', 'collnamespace'),
  }),
  familySelect({
    catalog: 'pg_conversion',
    oid: 'x.oid',
    kind: `'conversion'`,
    path: 's.prefix || quote_ident(x.conname)',
    name: 'x.conname',
    definition: {
      from: 'pg_encoding_to_char(x.conforencoding)',
      to: 'pg_encoding_to_char(x.contoencoding)',
      function: procedure('x.conproc'),
      default: 'nullif(x.condefault, false)',
    },
    from: listed('pg_conversion', 'connamespace'),
  }),
])

/** Text search configurations, dictionaries, parsers and templates. */
export const textSearch = family('text search', () => [
  familySelect({
    catalog: 'pg_ts_config',
    oid: 'x.oid',
    kind: `'text search configuration'`,
    path: 's.prefix || quote_ident(x.cfgname)',
    name: 'x.cfgname',
    definition: {
      parser: `(SELECT ${namedIn('p.prsnamespace', 'p.prsname')} FROM pg_ts_parser p WHERE p.oid = x.cfgparser)`,
      mappings: `(SELECT jsonb_object_agg(alias, dictionaries) FROM (
          SELECT t.alias, jsonb_agg(m.mapdict::regdictionary::text ORDER BY m.mapseqno) AS dictionaries
          FROM pg_ts_config_map m JOIN ts_token_type(x.cfgparser) t ON t.tokid = m.maptokentype
          WHERE m.mapcfg = x.oid GROUP BY t.alias) mapping)`,
    },
    from: listed('pg_ts_config', 'cfgnamespace'),
  }),
  familySelect({
    catalog: 'pg_ts_dict',
    oid: 'x.oid',
    kind: `'text search dictionary'`,
    path: 's.prefix || quote_ident(x.dictname)',
    name: 'x.dictname',
    definition: {
      template: `(SELECT ${namedIn('t.tmplnamespace', 't.tmplname')} FROM pg_ts_template t WHERE t.oid = x.dicttemplate)`,
      options: 'x.dictinitoption',
    },
    from: listed('pg_ts_dict', 'dictnamespace'),
  }),
  familySelect({
    catalog: 'pg_ts_parser',
    oid: 'x.oid',
    kind: `'text search parser'`,
    path: 's.prefix || quote_ident(x.prsname)',
    name: 'x.prsname',
    definition: {
      start: procedure('x.prsstart'),
      token: procedure('x.prstoken'),
      end: procedure('x.prsend'),
      headline: procedure('x.prsheadline'),
      tokenTypes: procedure('x.prslextype'),
    },
    from: listed('pg_ts_parser', 'prsnamespace'),
  }),
  familySelect({
    catalog: 'pg_ts_template',
    oid: 'x.oid',
    kind: `'text search template'`,
    path: 's.prefix || quote_ident(x.tmplname)',
    name: 'x.tmplname',
    definition: { init: procedure('x.tmplinit'), lexize: procedure('x.tmpllexize') },
    from: listed('pg_ts_template', 'tmplnamespace'),
  }),
])
