import type { FunctionStatement } from '../scope.ts'
import type { Expression, Parameter } from '../syntax.ts'
import { evaluateIn } from './expressions.ts'
import { type Frame, type Machine, spend } from './machine.ts'
import { dict, list, type Py, type PyArguments, type PyCallable, Raised, Unfollowed } from './objects.ts'
import { runBlock } from './statements.ts'

const deepest = 40

/** A function of the project; the frame is where it was defined. */
export function functionOf(statement: FunctionStatement, outer: Frame, machine: Machine): PyCallable {
  const { name, parameters, body } = statement
  return {
    kind: 'callable',
    name,
    async call(given) {
      const frame = await inner(parameters, given, outer, machine)
      const end = await runBlock(body, frame, machine).catch((error: unknown) => {
        throw placed(error, outer.home.name, given.line)
      })
      return end?.kind === 'return' ? end.value : null
    },
  }
}

/** A function behind `contextlib.contextmanager`: the body of `with` runs where it yields. */
export function managerOf(statement: FunctionStatement, outer: Frame, machine: Machine): PyCallable {
  const { name, parameters, body } = statement
  return {
    kind: 'callable',
    name,
    async call(given) {
      const frame = await inner(parameters, given, outer, machine)
      return {
        kind: 'object',
        type: 'context manager',
        get: async () => undefined,
        async around(within) {
          await runBlock(body, { ...frame, yields: within }, machine)
        },
      }
    },
  }
}

/** What stopped in a module of the project, at the line that calls it. */
function placed(error: unknown, module: string, line: number): unknown {
  if (!(error instanceof Unfollowed) || module === '') return error
  const reason = error.isPlaced ? error.reason : `${error.reason} in ${module}, line ${error.line}`
  return new Unfollowed(reason, line, true)
}

export function lambdaOf(
  parameters: readonly Parameter[],
  value: Expression,
  outer: Frame,
  machine: Machine,
): PyCallable {
  return {
    kind: 'callable',
    name: 'lambda',
    call: async (given) => evaluateIn(value, await inner(parameters, given, outer, machine), machine),
  }
}

/** The frame of a call, with its parameters (Language Reference 6.3.4). */
async function inner(
  parameters: readonly Parameter[],
  { positional, keywords, line }: PyArguments,
  outer: Frame,
  machine: Machine,
): Promise<Frame> {
  spend(machine, line)
  const frame: Frame = {
    names: new Map(),
    shared: new Map(),
    up: outer,
    home: outer.home,
    depth: outer.depth + 1,
  }
  if (frame.depth > deepest) throw new Unfollowed('calls that go too deep', line)
  const plain = parameters.filter(({ rest }) => rest === undefined)
  const all = parameters.find(({ rest }) => rest === 'list')
  const others = parameters.find(({ rest }) => rest === 'dict')
  const more = [...keywords].filter(([name]) => !plain.some((parameter) => parameter.name === name))
  if (more.length > 0 && others === undefined) throw new Raised('TypeError', more[0]?.[0] ?? '')
  if (positional.length > plain.length && all === undefined) throw new Raised('TypeError', 'arguments')
  for (const [at, parameter] of plain.entries()) {
    const value =
      positional[at] ??
      keywords.get(parameter.name) ??
      (parameter.default && (await evaluateIn(parameter.default, outer, machine)))
    if (value === undefined) throw new Raised('TypeError', parameter.name)
    frame.names.set(parameter.name, value)
  }
  if (all !== undefined) frame.names.set(all.name, list(positional.slice(plain.length), true))
  if (others !== undefined) frame.names.set(others.name, dict(more as readonly (readonly [Py, Py])[], line))
  return frame
}
