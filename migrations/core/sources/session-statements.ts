import { MigError } from '../errors.ts'
import { opening } from '../postgres/index.ts'
import type { ModelFile } from './model.ts'
import { placeOf, where } from './place.ts'

const begins = /^(begin|start transaction)\b/i
const commits = /^(commit|end)\b(?! prepared)/i
const leaves =
  /^(rollback|abort|commit prepared|prepare transaction|discard|(?:set|reset) (?:session |local )?(?:role|session authorization)|reset all)\b/i

/**
 * Refuses what ends the transaction or changes the session that models are loaded in: whatever follows would be loaded as
 * another role or into another schema, and what stands before might be gone. BEGIN … COMMIT within a file is fine.
 * @throws MigError `session-model`
 */
export function refuseSession({ statements }: ModelFile): void {
  let isOpen = false
  for (const statement of statements) {
    const text = opening(statement.sql)
    if (begins.test(text)) isOpen = true
    const isCommit = commits.test(text)
    const [word] = (isCommit && !isOpen ? commits.exec(text) : leaves.exec(text)) ?? []
    if (isCommit) isOpen = false
    if (word === undefined) continue
    throw new MigError(
      'session-model',
      `${where(statement)} has ${word.toUpperCase()}${isCommit ? ' without BEGIN' : ''}, which would change the session that loads the models`,
      {
        help: 'remove it: models only define objects; BEGIN … COMMIT and SET search_path are allowed',
        place: placeOf(statement),
      },
    )
  }
}
