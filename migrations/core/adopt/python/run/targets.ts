import type { Expression } from '../syntax.ts'
import { type Frame, setName } from './machine.ts'
import { itemsOf, type Py, Raised, Unfollowed } from './objects.ts'

/** Gives the names of a loop, or of an assignment, their values. */
export async function bindTarget(target: Expression, value: Py, frame: Frame): Promise<void> {
  if (target.kind === 'name') {
    setName(frame, target.name, value)
    return
  }
  if (target.kind !== 'list') throw new Unfollowed('an assignment to more than a name', target.line)
  const items = await itemsOf(value, target.line)
  if (items.length !== target.items.length) throw new Raised('ValueError', 'values to unpack')
  for (const [at, part] of target.items.entries()) await bindTarget(part, items[at] ?? null, frame)
}
