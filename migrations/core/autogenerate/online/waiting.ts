import { type Action, baseObject, idKey, type ObjectId, relationOf } from '../../difference/index.ts'
import { catalogName } from '../../postgres/sql/quote.ts'
import { wordsOf } from '../../postgres/sql/words.ts'
import { constraintFacts, indexFacts, tableChange } from '../../postgres/statement/index.ts'
import { dropIndexForm, type Form, type RelationName } from './forms.ts'

/** Kinds of objects whose drop has nothing to do with the index of another table. */
const apart: ReadonlySet<ObjectId['kind']> = new Set([
  'policy',
  'rule',
  'sequence',
  'table',
  'trigger',
  'view',
])

interface Drop {
  readonly table: RelationName
  readonly isForeignKey: boolean
}

/**
 * Drops of indexes and constraints that wait until what takes their place is built, with all that has to come after
 * them. At the end they run in one transaction.
 */
export class Waiting {
  #actions: Action[] = []
  #checks: Action[] = []
  /** Drops of indexes that can be dropped concurrently, when nothing takes their names; true for a unique one. */
  #concurrent = new Map<Action, boolean>()
  #gone = new Set<string>()
  #made = new Set<string>()
  #names = new Set<string>()
  #drops = new Map<Action, Drop>()

  get all(): readonly Action[] {
    return this.#actions
  }

  get isEmpty(): boolean {
    return this.#actions.length === 0
  }

  /**
   * @param table whose index or constraint it is
   * @param isPlain whether that table is not partitioned
   * @param definition of what is dropped, as PostgreSQL has it
   */
  addDrop(action: Action, table: RelationName, isPlain: boolean, definition: string): void {
    const index = indexFacts(definition)
    if (isPlain && action.destroys[0]?.kind === 'index')
      this.#concurrent.set(action, index?.isUnique ?? false)
    this.#drops.set(action, { table, isForeignKey: constraintFacts(definition)?.kind === 'foreign key' })
    this.#add(action)
  }

  add({ finish, check }: Omit<Form, 'build'>): void {
    for (const action of finish) this.#add(action)
    this.#checks.push(...check)
  }

  /** Whether an index or constraint of that name is only dropped by what waits. */
  takesName(schema: string, name: string): boolean {
    const taken = this.#actions.some(({ destroys: [id] }) => {
      return (id?.kind === 'index' || id?.kind === 'constraint') && id.schema === schema && id.name === name
    })
    if (taken) {
      for (const action of this.#concurrent.keys())
        if (isNamed(action.destroys[0], name)) this.#concurrent.delete(action)
    }
    return taken
  }

  /** Whether an action uses what only the waiting ones make. */
  makesFor({ consumes, needs }: Action): boolean {
    return [...consumes, ...needs].some((id) => this.#made.has(idKey(baseObject(id))))
  }

  /**
   * What has to run before a column of `table` may get another type: ALTER TABLE would build the indexes again that go, which
   * fails for some. All that waits, where that is not drops alone.
   */
  before(table: RelationName): readonly Action[] {
    const about = this.#actions.filter((action) => this.#isAbout(action, table))
    return this.#actions.every((action) => this.#drops.has(action)) ? about : this.#actions
  }

  /** The tables whose indexes or keys are dropped by some of what waits; default: by all of it. */
  tables(actions = this.all): readonly RelationName[] {
    return actions.flatMap((action) => this.#drops.get(action)?.table ?? [])
  }

  /** A foreign key may lead to the table. */
  #isAbout(action: Action, { schema, name }: RelationName): boolean {
    const { produces, destroys, consumes, needs } = action
    const ids = [...produces, ...destroys, ...consumes, ...needs]
    const drop = this.#drops.get(action)
    const relations = [drop?.table, ...ids.map(relationOf)]
    const isOwn = relations.some((id) => id?.schema === schema && id.name === name)
    return isOwn || addsForeignKey(action) || (drop?.isForeignKey ?? false)
  }

  /** Whether an action has to come after the waiting ones. */
  concerns(action: Action): boolean {
    if (this.isEmpty) return false
    const { sql, verb, produces, consumes, needs } = action
    if (verb === 'drop' || this.makesFor(action)) return true
    const [made] = produces
    if (made?.kind === 'index' || made?.kind === 'constraint') return true
    const gone = (id: ObjectId) => this.#gone.has(idKey(baseObject(id)))
    if (produces.some(gone) || [...consumes, ...needs].some((id) => isKey(id) && gone(id))) return true
    if (tableChange(sql)?.kind === 'drop not null') return true
    const words = this.#names.size === 0 ? [] : wordsOf(sql)
    return words.some(({ kind, text }) => kind !== 'other' && this.#names.has(catalogName(text)))
  }

  /** What waits, in its order, then the checks of rows, then drops that take no lock that blocks. Nothing waits then. */
  end(): readonly Action[] {
    const actions = this.#actions
    const last = actions.filter((action) => this.#mayDropLast(action))
    const out = [
      ...actions.filter((action) => !last.includes(action)),
      ...this.#checks,
      ...last.map(dropIndexForm),
    ]
    this.#clear()
    return out
  }

  /** Hands some of what waits over, for one transaction; the checks with the last of it. */
  take(some: readonly Action[]): Pick<Form, 'finish' | 'check'> {
    const [finish, left] = [some, this.#actions.filter((action) => !some.includes(action))]
    const { drops, concurrent } = { drops: new Map(this.#drops), concurrent: new Map(this.#concurrent) }
    const check = left.length === 0 ? this.#checks : []
    const checks = left.length === 0 ? [] : this.#checks
    this.#clear()
    for (const action of left) {
      const [drop, isUnique] = [drops.get(action), concurrent.get(action)]
      if (drop !== undefined) this.#drops.set(action, drop)
      if (isUnique !== undefined) this.#concurrent.set(action, isUnique)
      this.#add(action)
    }
    this.#checks = checks
    return { finish, check }
  }

  #clear(): void {
    this.#actions = []
    this.#checks = []
    for (const set of [this.#concurrent, this.#drops, this.#gone, this.#made, this.#names]) set.clear()
  }

  #add(action: Action): void {
    this.#actions.push(action)
    for (const id of action.destroys) {
      this.#gone.add(idKey(id))
      if (isKey(id) && 'name' in id) this.#names.add(id.name)
    }
    for (const id of action.produces) this.#made.add(idKey(id))
  }

  /**
   * Not where a column or function goes too, which would take the index with it, or be kept by it; nor where a foreign
   * key comes, which might choose the unique index that goes.
   */
  #mayDropLast(action: Action): boolean {
    const isUnique = this.#concurrent.get(action)
    if (isUnique === undefined) return false
    return this.#actions.every((other) => {
      const [id] = other.destroys
      if (other.verb === 'drop') return id !== undefined && (isKey(id) || apart.has(id.kind))
      return !(isUnique && addsForeignKey(other))
    })
  }
}

function isKey(id: ObjectId): boolean {
  return id.kind === 'index' || id.kind === 'constraint'
}

function isNamed(id: ObjectId | undefined, name: string): boolean {
  return id !== undefined && 'name' in id && id.name === name
}

function addsForeignKey({ sql }: Action): boolean {
  const change = tableChange(sql)
  return change?.kind === 'add constraint' && change.constraint.kind === 'foreign key'
}
