/**
 * The catalogs that hold what stands in a schema, with every column that PostgreSQL 14 to 18 have (manual,
 * chapter 53). A column that a later version adds may be an attribute that no reader reads: it is reported.
 */
const structural = `
  pg_aggregate aggfnoid aggkind aggnumdirectargs aggtransfn aggfinalfn aggcombinefn aggserialfn
    aggdeserialfn aggmtransfn aggminvtransfn aggmfinalfn aggfinalextra aggmfinalextra aggfinalmodify
    aggmfinalmodify aggsortop aggtranstype aggtransspace aggmtranstype aggmtransspace agginitval aggminitval
  pg_amop oid amopfamily amoplefttype amoprighttype amopstrategy amoppurpose amopopr amopmethod
    amopsortfamily
  pg_amproc oid amprocfamily amproclefttype amprocrighttype amprocnum amproc
  pg_attrdef oid adrelid adnum adbin
  pg_attribute attrelid attname atttypid attstattarget attlen attnum attndims attcacheoff atttypmod
    attbyval attalign attstorage attcompression attnotnull atthasdef atthasmissing attidentity attgenerated
    attisdropped attislocal attinhcount attcollation attacl attoptions attfdwoptions attmissingval
  pg_class oid relname relnamespace reltype reloftype relowner relam relfilenode reltablespace relpages
    reltuples relallvisible reltoastrelid relhasindex relisshared relpersistence relkind relnatts relchecks
    relhasrules relhastriggers relhassubclass relrowsecurity relforcerowsecurity relispopulated relreplident
    relispartition relrewrite relfrozenxid relminmxid relacl reloptions relpartbound relallfrozen
  pg_collation oid collname collnamespace collowner collprovider collisdeterministic collencoding
    collcollate collctype collversion colliculocale collicurules colllocale
  pg_constraint oid conname connamespace contype condeferrable condeferred convalidated conrelid contypid
    conindid conparentid confrelid confupdtype confdeltype confmatchtype conislocal coninhcount connoinherit
    conkey confkey conpfeqop conppeqop conffeqop conexclop conbin confdelsetcols conenforced conperiod
  pg_conversion oid conname connamespace conowner conforencoding contoencoding conproc condefault
  pg_default_acl oid defaclrole defaclnamespace defaclobjtype defaclacl
  pg_depend classid objid objsubid refclassid refobjid refobjsubid deptype
  pg_description objoid classoid objsubid description
  pg_enum oid enumtypid enumsortorder enumlabel
  pg_extension oid extname extowner extnamespace extrelocatable extversion extconfig extcondition
  pg_foreign_table ftrelid ftserver ftoptions
  pg_index indexrelid indrelid indnatts indnkeyatts indisunique indisprimary indisexclusion indimmediate
    indisclustered indisvalid indcheckxmin indisready indislive indisreplident indkey indcollation indclass
    indoption indexprs indpred indnullsnotdistinct
  pg_inherits inhrelid inhparent inhseqno inhdetachpending
  pg_namespace oid nspname nspowner nspacl
  pg_opclass oid opcmethod opcname opcnamespace opcowner opcfamily opcintype opcdefault opckeytype
  pg_operator oid oprname oprnamespace oprowner oprkind oprcanmerge oprcanhash oprleft oprright oprresult
    oprcom oprnegate oprcode oprrest oprjoin
  pg_opfamily oid opfmethod opfname opfnamespace opfowner
  pg_partitioned_table partrelid partstrat partnatts partdefid partattrs partclass partcollation partexprs
  pg_policy oid polname polrelid polcmd polpermissive polroles polqual polwithcheck
  pg_proc oid proname pronamespace proowner prolang procost prorows provariadic prosupport prokind
    prosecdef proleakproof proisstrict proretset provolatile proparallel pronargs pronargdefaults prorettype
    proargtypes proallargtypes proargmodes proargnames proargdefaults protrftypes prosrc probin prosqlbody
    proconfig proacl
  pg_range rngtypid rngsubtype rngmultitypid rngcollation rngsubopc rngcanonical rngsubdiff
  pg_rewrite oid rulename ev_class ev_type ev_enabled is_instead ev_qual ev_action
  pg_seclabel objoid classoid objsubid provider label
  pg_sequence seqrelid seqtypid seqstart seqincrement seqmax seqmin seqcache seqcycle
  pg_statistic_ext oid stxrelid stxname stxnamespace stxowner stxstattarget stxkeys stxkind stxexprs
  pg_trigger oid tgrelid tgparentid tgname tgfoid tgtype tgenabled tgisinternal tgconstrrelid tgconstrindid
    tgconstraint tgdeferrable tginitdeferred tgnargs tgattr tgargs tgqual tgoldtable tgnewtable
  pg_ts_config oid cfgname cfgnamespace cfgowner cfgparser
  pg_ts_config_map mapcfg maptokentype mapseqno mapdict
  pg_ts_dict oid dictname dictnamespace dictowner dicttemplate dictinitoption
  pg_ts_parser oid prsname prsnamespace prsstart prstoken prsend prsheadline prslextype
  pg_ts_template oid tmplname tmplnamespace tmplinit tmpllexize
  pg_type oid typname typnamespace typowner typlen typbyval typtype typcategory typispreferred typisdefined
    typdelim typrelid typsubscript typelem typarray typinput typoutput typreceive typsend typmodin typmodout
    typanalyze typalign typstorage typnotnull typbasetype typtypmod typndims typcollation typdefaultbin
    typdefault typacl
`

/** Catalogs of the whole database or cluster, and of statistics. None holds an object of a schema. */
const others = `
  pg_am pg_auth_members pg_authid pg_cast pg_database pg_db_role_setting pg_event_trigger
  pg_foreign_data_wrapper pg_foreign_server pg_init_privs pg_language pg_largeobject pg_largeobject_metadata
  pg_parameter_acl pg_publication pg_publication_namespace pg_publication_rel pg_replication_origin pg_shdepend
  pg_shdescription pg_shseclabel pg_statistic pg_statistic_ext_data pg_subscription pg_subscription_rel
  pg_tablespace pg_transform pg_user_mapping`

/** Catalog → its known columns; no columns where they do not matter. */
export function knownCatalogs(): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, Set<string>>()
  let columns = new Set<string>()
  for (const word of structural.trim().split(/\s+/)) {
    if (word.startsWith('pg_')) {
      columns = new Set()
      known.set(word, columns)
    } else columns.add(word)
  }
  for (const catalog of others.trim().split(/\s+/)) known.set(catalog, new Set())
  return known
}
