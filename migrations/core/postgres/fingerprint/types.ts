/** A value of a definition, as JSON has them; PostgreSQL's bigints are text. */
export type DefinitionValue =
  | string
  | number
  | boolean
  | null
  | readonly DefinitionValue[]
  | { readonly [key: string]: DefinitionValue }

/** Attribute → value. An attribute that has PostgreSQL's default is left out. */
export type Definition = Readonly<Record<string, DefinitionValue>>

/** One object of a schema, or one thing that hangs on it (a column, a constraint, a trigger …). */
export interface FingerprintObject {
  /** PostgreSQL's word in lower case: `table`, `column`, `materialized view`, `operator class` … */
  readonly kind: string
  readonly schema: string
  /** The object's own name, unquoted. */
  readonly name: string
  /** What it hangs on, by own name, unquoted: the table of a column, the domain of a constraint. */
  readonly parent?: string
  readonly definition: Definition
}

/** Something in the catalogs that no reader knows. */
export interface UnknownObject {
  /** The catalog it stands in, or `catalog` and `catalog column` for what the server's version added. */
  readonly what: string
  /** PostgreSQL's own description (`pg_describe_object`), or the catalog's or column's name. */
  readonly identity: string
  /** The schema it stands in; none for a catalog or a catalog column. */
  readonly schema?: string
}

/** Identity → definition of every object in some schemas. */
export interface Fingerprint {
  /** By identity: `table rfx_user.profile`, `column rfx_user.profile.name`, `function rfx_user.f(integer, text)`. */
  readonly objects: ReadonlyMap<string, FingerprintObject>
  readonly unknown: readonly UnknownObject[]
  /** Equal for equal objects, whatever order they were read in; see `fingerprintHash`. */
  readonly hash: string
}

export interface FingerprintOptions {
  /** Unquoted. A schema that is not there adds nothing. */
  readonly schemas: readonly string[]
  /** Grants and default privileges too; default false. */
  readonly privileges?: boolean
  /** Owners too; default false. Indexes and the like have their table's owner. */
  readonly owners?: boolean
  /**
   * Leaves an object out, with all that hangs on it. It is asked once per object, columns and the like
   * included; and of a table once more for what it has that can be left out without it: `row security`, `forced row
   * security`, and `partitioning`, which a partition is left out with.
   */
  readonly exclude?: (object: FingerprintObject) => boolean
  /**
   * Leaves the schema's own name out of every identity and definition, so that tenants with the same
   * structure are equal. The schema's own comment and owner are left out as well. Takes one schema. Default
   * false.
   */
  readonly schemaRelative?: boolean
  /**
   * The place of each table column among the columns. Default false: PostgreSQL cannot reorder columns, so a
   * model and a live database that got the column later differ by it for ever.
   */
  readonly columnOrder?: boolean
  /**
   * Leaves out names that PostgreSQL chose itself and keeps when the table is renamed: `t_c_not_null` of a
   * not-null constraint, `t_c_seq` of an identity column. Names that do not end so still count. Default false.
   */
  readonly ignoreGeneratedNames?: boolean
}

/** Catalog → oids of what stands in the schemas, less the members of extensions. */
export type Inventory = ReadonlyMap<string, readonly number[]>

/** What every reader of one family gets. */
export interface FamilyRequest {
  readonly schemas: readonly string[]
  readonly relative: boolean
  readonly columnOrder: boolean
  readonly privileges: boolean
  readonly owners: boolean
  /** The server's major version. */
  readonly version: number
  readonly inventory: Inventory
}
