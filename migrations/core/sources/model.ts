/** One statement of a model, and where it stands. */
export interface ModelStatement {
  readonly sql: string
  readonly file: string
  /** 1-based; undefined for what a TypeScript file builds. */
  readonly line: number | undefined
  /** The export of a TypeScript file that says it, as `schema.car`. */
  readonly name?: string
}

/** Statements that share a search_path. */
export interface ModelFile {
  readonly path: string
  /** The schema key that it is named for, or whose name its folder or file bears. */
  readonly key: string | undefined
  /** The key is that of the setting, so that names without a schema are of its schema. */
  readonly keyed: boolean
  readonly statements: readonly ModelStatement[]
}
