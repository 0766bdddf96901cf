/** An expression of a Python file, as far as revision files need it. */
export type Expression = { readonly line: number } & (
  | { readonly kind: 'string'; readonly value: string }
  /** An f-string: texts and expressions by turns. */
  | { readonly kind: 'format'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
  | {
      readonly kind: 'call'
      readonly function: Expression
      readonly arguments: readonly Expression[]
      readonly keywords: ReadonlyMap<string, Expression>
      /** What `**` unpacks into keywords. */
      readonly unpacked: readonly Expression[]
    }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
  /** `value if test else otherwise`. */
  | {
      readonly kind: 'conditional'
      readonly test: Expression
      readonly value: Expression
      readonly otherwise: Expression
    }
  /** `[item for target in items if test …]`, as a list or a generator. */
  | { readonly kind: 'comprehension'; readonly item: Expression; readonly clauses: readonly Clause[] }
  /** `*items` among arguments or items. */
  | { readonly kind: 'starred'; readonly value: Expression }
  /** A lambda, slice and the like: read over, and without a value. */
  | { readonly kind: 'unknown'; readonly what: string }
)

/** A statement of a Python file. `line` and `endLine` are 1-based. */
export type Statement = { readonly line: number; readonly endLine: number } & (
  | { readonly kind: 'assign'; readonly names: readonly string[]; readonly value: Expression }
  /** `a, b = value` */
  | { readonly kind: 'unpack'; readonly names: readonly string[]; readonly value: Expression }
  | { readonly kind: 'expression'; readonly value: Expression }
  /** Name in this file → full name, as in `sa` → `sqlalchemy`. */
  | { readonly kind: 'import'; readonly names: ReadonlyMap<string, string> }
  | {
      readonly kind: 'function'
      readonly name: string
      readonly parameters: readonly Parameter[]
      readonly body: readonly Statement[]
    }
  | {
      readonly kind: 'class'
      readonly name: string
      readonly bases: readonly Expression[]
      readonly body: readonly Statement[]
    }
  /** A function or class behind a decorator, which may make something else of it. */
  | { readonly kind: 'decorated'; readonly decorator: Expression; readonly of: Statement }
  | {
      readonly kind: 'for'
      readonly target: Expression
      readonly items: Expression
      readonly body: readonly Statement[]
    }
  | {
      readonly kind: 'with'
      readonly context: Expression
      /** The name after `as`. */
      readonly name: string | undefined
      readonly body: readonly Statement[]
    }
  | { readonly kind: 'if'; readonly branches: readonly Branch[] }
  | { readonly kind: 'return'; readonly value: Expression | undefined }
  | { readonly kind: 'pass' }
  /** Anything else; `what` is its keyword, `sets` the names that it may set. */
  | { readonly kind: 'other'; readonly what: string; readonly sets: readonly string[] }
)

/** One `for … in … if …` of a comprehension. */
export interface Clause {
  readonly target: Expression
  readonly items: Expression
  readonly tests: readonly Expression[]
}

/** `if`, `elif` or, without a test, `else`. */
export interface Branch {
  readonly test: Expression | undefined
  readonly body: readonly Statement[]
}

export interface Parameter {
  readonly name: string
  readonly default: Expression | undefined
  /** `*name` takes the positional arguments that are left, `**name` the keywords. */
  readonly rest?: 'list' | 'dict'
}

/** The names that a statement may set, itself or in its block. */
export function namesSet(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case 'assign':
    case 'unpack':
      return statement.names
    case 'other':
      return statement.sets
    case 'for':
    case 'with':
      return [
        ...(statement.kind === 'for' ? namesIn(statement.target) : []),
        ...statement.body.flatMap(namesSet),
      ]
    case 'if':
      return statement.branches.flatMap((branch) => branch.body.flatMap(namesSet))
    case 'import':
      return [...statement.names.keys()]
    case 'function':
    case 'class':
      return [statement.name]
    case 'decorated':
      return namesSet(statement.of)
    case 'expression':
      return changedName(statement.value)
    default:
      return []
  }
}

function namesIn(target: Expression): readonly string[] {
  if (target.kind === 'name') return [target.name]
  return target.kind === 'list' ? target.items.flatMap(namesIn) : []
}

/** `names.append(…)` changes what `names` is. */
function changedName(value: Expression): readonly string[] {
  if (value.kind !== 'call' || value.function.kind !== 'attribute') return []
  const { of } = value.function
  return of.kind === 'name' ? [of.name] : []
}
