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
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly isSet?: boolean }
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
  | {
      readonly kind: 'comprehension'
      readonly item: Expression
      readonly clauses: readonly Clause[]
      readonly isSet?: boolean
    }
  /** `*items` among arguments or items. */
  | { readonly kind: 'starred'; readonly value: Expression }
  /** A lambda, slice and the like: without a value where nothing is run; `detail` for where it is. */
  | { readonly kind: 'unknown'; readonly what: string; readonly detail?: ExpressionDetail }
)

/** What only a run needs to know of an expression. */
export type ExpressionDetail =
  | { readonly kind: 'lambda'; readonly parameters: readonly Parameter[]; readonly value: Expression }
  | {
      readonly kind: 'slice'
      readonly from: Expression | undefined
      readonly to: Expression | undefined
    }
  /** `{key: value for target in items}` */
  | {
      readonly kind: 'dict-comprehension'
      readonly key: Expression
      readonly value: Expression
      readonly clauses: readonly Clause[]
    }
  /** `{'a': 1, **more}`; what is unpacked has no key. */
  | {
      readonly kind: 'merged-dict'
      readonly entries: readonly (readonly [Expression | undefined, Expression])[]
    }
  | { readonly kind: 'named'; readonly name: string; readonly value: Expression }

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
  | {
      readonly kind: 'other'
      readonly what: string
      readonly sets: readonly string[]
      readonly detail?: StatementDetail
    }
)

/** What only a run needs to know of a statement. */
export type StatementDetail =
  | { readonly kind: 'jump'; readonly to: 'break' | 'continue' }
  | { readonly kind: 'raise'; readonly value: Expression | undefined }
  | { readonly kind: 'while'; readonly test: Expression; readonly body: readonly Statement[] }
  | {
      readonly kind: 'try'
      readonly body: readonly Statement[]
      readonly handlers: readonly Handler[]
      readonly otherwise: readonly Statement[]
      readonly last: readonly Statement[]
    }
  /** `target = value`, and `target += value` with its operator. */
  | {
      readonly kind: 'store'
      readonly targets: readonly Expression[]
      readonly operator: string | undefined
      readonly value: Expression
    }
  | { readonly kind: 'yield'; readonly value: Expression | undefined }
  | { readonly kind: 'global'; readonly names: readonly string[] }
  | { readonly kind: 'delete'; readonly targets: readonly Expression[] }

/** `except type as name:` */
export interface Handler {
  readonly type: Expression | undefined
  readonly name: string | undefined
  readonly body: readonly Statement[]
}

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
