import type { Scope } from '../scope.ts'
import type { Value } from '../values.ts'
import type { Py, PyArguments } from './objects.ts'
import { Unfollowed } from './objects.ts'

/** What Python code meets outside of itself. Undefined stands for what it does not know. */
export interface World {
  /** A function or class of a package, by its full name. */
  call(path: string, given: PyArguments): Promise<Py | undefined>
  /** A method of a term. */
  method(of: Value, name: string, given: PyArguments): Promise<Py | undefined>
  attribute(of: Value, name: string, line: number): Promise<Py | undefined>
  /** `with value:`; what the name after `as` stands for, and what ends it. */
  enter(value: Py, line: number): Promise<{ readonly value: Py; leave(): void }>
  isInstance(value: Py, type: Value, line: number): boolean
}

/** One run of Python code. */
export interface Machine {
  readonly world: World
  /** The names of each module, as they are while this runs. */
  readonly modules: Map<string, Map<string, Py>>
  /** How many more statements and calls are followed: what takes longer than that is not known. */
  readonly budget: { left: number }
  /** The folder whose files it may read; undefined for none. */
  readonly readable: string | undefined
}

/** The names that code may use, from the inside out. */
export interface Frame {
  readonly names: Map<string, Py>
  readonly up: Frame | undefined
  /** Names that are the module's, for `global`. */
  readonly shared?: Map<string, Map<string, Py>>
  /** What `yield` does: the body of the `with` that the function manages. */
  readonly yields?: (value: Py) => Promise<void>
  /** The module that the code stands in. */
  readonly home: Scope
  readonly depth: number
}

export function spend({ budget }: Machine, line: number): void {
  budget.left -= 1
  if (budget.left < 0) throw new Unfollowed('more than can be followed', line)
}

/** Gives a name a value: in the frame, or in the module for a name that `global` has named. */
export function setName(frame: Frame, name: string, value: Py): void {
  ;(frame.shared?.get(name) ?? frame.names).set(name, value)
}
