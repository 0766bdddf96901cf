import { splitStatements } from '../postgres/sql/statements.ts'
import { wordsOf } from '../postgres/sql/words.ts'
import { isOwnerChange, type MakerTask, makerTask } from './maker-task.ts'
import { type ScratchNames, withStandIns } from './stand-ins.ts'
import { begins } from './statement-words.ts'

/** A statement as a scratch database runs it. */
export interface ScratchStatement {
  readonly sql: string
  /** Offset in the text that it is of. */
  readonly start: number
  /** Whether it is BEGIN or START TRANSACTION, so that its transaction outlives the text. */
  readonly isBegin: boolean
  /** Whether the maker of scratch databases runs it, and what: its statements as they are to be run. */
  readonly byMaker?: MakerTask
}

/** What a statement must hold to be of interest here; only what may be is looked at word by word. */
const telling =
  /\b(?:role|user|group|extension|owner|grant|revoke|authorization|owned|policy|privileges|publication|leakproof|event|database|session_replication_role)\b/i

/**
 * The statements of a text as a scratch database has to run them: roles under the names of their stand-ins, and what only
 * the maker of the database may do marked as such. Undefined where the text can run as it is.
 */
export async function scratchStatements(
  text: string,
  names: ScratchNames,
): Promise<readonly ScratchStatement[] | undefined> {
  if (!telling.test(text)) return undefined
  let isChanged = false
  const statements: ScratchStatement[] = []
  for (const { text: sql, start } of splitStatements(text)) {
    // Queries name no role, and those that read catalogs are long and many.
    const words = /^(?:select|with)\b/i.test(sql) ? [] : wordsOf(sql)
    const byMaker = makerTask(words)
    // Statements after this one name the role.
    if (byMaker?.task === 'create-roles') for (const role of byMaker.roles) await names.makeStandIn(role)
    const own =
      byMaker?.task === 'as-is' || byMaker === undefined ? await withStandIns(sql, words, names) : sql
    // An owner without a stand-in is somebody whom the server may have.
    const isMapped = byMaker?.task !== 'as-is' || !isOwnerChange(words) || own !== sql
    const task = isMapped ? byMaker : undefined
    isChanged ||= task !== undefined || own !== sql
    statements.push({
      sql: own,
      start,
      isBegin: begins(words, transactionStart),
      ...(task === undefined ? {} : { byMaker: task }),
    })
  }
  return isChanged ? statements : undefined
}

const transactionStart = new Set(['begin', 'start'])
