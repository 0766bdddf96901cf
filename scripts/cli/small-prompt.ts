import { createInterface } from 'node:readline/promises'
import type { Client } from 'pg'
import { exitCodes } from '../../migrations/core/index.ts'
import { databaseError, onConnection } from '../../migrations/core/postgres/index.ts'
import { countOf, table } from '../../migrations/core/report/index.ts'
import type { Output } from './output.ts'
import { stdout } from './stdout.ts'

/** Runs SQL where no psql is installed: each statement that ends with a semicolon, until the end of input or `\q`. */
export async function smallPrompt(url: string, output: Output, command: string | undefined): Promise<number> {
  const options = { url, applicationName: 'just-mig db-psql', searchPath: 'of the role' } as const
  return onConnection(options, (client) =>
    command === undefined ? readStatements(client, output) : runText(client, output, command),
  )
}

async function readStatements(client: Client, output: Output): Promise<number> {
  const terminal = process.stdin.isTTY === true
  const lines = createInterface({ input: process.stdin, output: stdout, terminal, prompt: 'sql> ' })
  let [text, code]: [string, number] = ['', exitCodes.done]
  if (terminal) lines.prompt()
  for await (const line of lines) {
    if (/^\s*\\q\s*$/.test(line)) break
    text += `${line}\n`
    if (/;\s*$/.test(line)) {
      code = await runText(client, output, text)
      text = ''
      // Nobody is there to look at the error before the next statement.
      if (code !== exitCodes.done && !terminal) break
    }
    if (terminal) lines.prompt()
  }
  return text.trim() === '' ? code : runText(client, output, text)
}

async function runText(client: Client, output: Output, sql: string): Promise<number> {
  try {
    const found = await client.query({ text: sql, rowMode: 'array' })
    for (const result of Array.isArray(found) ? found : [found]) {
      const columns = result.fields.map((field: { name: string }, at: number) => ({
        title: field.name,
        value: (row: readonly unknown[]) => cell(row[at]),
      }))
      const text =
        columns.length === 0
          ? `${result.command} ${result.rowCount ?? ''}`.trim()
          : table(columns, result.rows, { empty: '(0 rows)' })
      output.result(columns.length === 0 ? text : `${text}\n(${countOf(result.rows.length, 'row')})`, {
        event: 'rows',
        rows: result.rows,
      })
    }
    return exitCodes.done
  } catch (error) {
    output.error(databaseError(error, { sql }))
    return exitCodes.stepFailed
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
