import { MigError } from '../../errors.ts'
import { type Operations, type OperationsContext, operations } from '../../operations/index.ts'

/** A string, or a template that takes no more than names of schemas, which are known before the revision runs. */
const text =
  /(?:"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|`(?:[^`\\$]|\\[\s\S]|\$(?!\{)|\$\{(?:OP)\.(?:schema|schemaName|schemas\.\w+)\})*`)/

/**
 * Whether a function is nothing but `await op.execute('…')` over and over. Then no result is read, no error is caught
 * and nothing else is done, so that its statements can be known before the first of them runs.
 */
export function isStraightLine(body: unknown): body is (op: Operations) => Promise<void> {
  if (typeof body !== 'function') return false
  const source = Function.prototype.toString.call(body)
  const head = /^async (?:function\s*[\w$]*\s*)?\(\s*([A-Za-z_]\w*)\s*\)\s*(?:=>)?\s*\{/.exec(source)
  const [all = '', op = ''] = head ?? []
  if (head === null) return false
  const call = new RegExp(
    `\\s*await\\s+${op}\\.execute\\(\\s*${text.source.replace('OP', op)}\\s*,?\\s*\\)\\s*;?`,
    'y',
  )
  call.lastIndex = all.length
  let end = all.length
  while (call.test(source)) end = call.lastIndex
  return end > all.length && /^\s*\}$/.test(source.slice(end))
}

/**
 * The texts that a function in a straight line executes; it is called, but nothing runs.
 * @returns undefined where one of them cannot be made, which the function itself has to tell in its turn
 */
export async function textsOf(
  body: (op: Operations) => Promise<void>,
  context: OperationsContext,
): Promise<readonly string[] | undefined> {
  const texts: string[] = []
  const nothing = { command: '', rowCount: null, oid: 0, fields: [], rows: [] }
  const refuse = () => Promise.reject(new Error('a straight line of statements has nothing else'))
  const sink = {
    offline: false,
    async execute({ sql }: { readonly sql: string }) {
      texts.push(sql)
      return nothing
    },
    autocommit: refuse,
    backfill: refuse,
    get client(): never {
      throw new Error('a straight line of statements has no client')
    },
  }
  try {
    await body(operations(sink, context))
    return texts
  } catch (error) {
    if (error instanceof MigError) return undefined
    throw error
  }
}
