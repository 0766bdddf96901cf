import { SourceMap } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ErrorPlace, MigError, messageOf } from '../../errors.ts'
import { listOfModules } from './bundle.ts'

interface CompileMessage {
  readonly text: string
  readonly location: {
    readonly file: string
    readonly line: number
    readonly column: number
    readonly lineText: string
  } | null
}

/** What is evaluated, and the files that it is made of. */
interface BundledCode {
  readonly code: string
  readonly inside: readonly string[]
}

/** What went wrong with a module of the user, and where in its own files. */
export function moduleError(
  file: string,
  cause: unknown,
  bundled: BundledCode = { code: '', inside: [] },
): MigError {
  if (cause instanceof MigError) return cause
  const [first, ...others] = buildMessages(cause)
  const message = first?.text ?? messageOf(cause)
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const place = first === undefined ? evaluationPlace(cause, bundled) : compilePlace(first)
  const where = place?.file === undefined || place.file === file ? file : `${file}, by ${place.file},`
  return new MigError('bad-module', `${where} cannot be loaded: ${message}${more}`, {
    help: helpFor(message),
    place: { file, ...place },
    cause,
  })
}

function helpFor(message: string): string {
  if (/^Could not resolve/.test(message))
    return 'install the package, or correct the path; an alias belongs in "paths" of the tsconfig.json above the file'
  return 'fix the file; npx tsc --noEmit shows type errors too'
}

function buildMessages(cause: unknown): readonly CompileMessage[] {
  const errors = cause instanceof Error && 'errors' in cause ? cause.errors : undefined
  return Array.isArray(errors) ? (errors as readonly CompileMessage[]) : []
}

function compilePlace({ location }: CompileMessage): ErrorPlace | undefined {
  if (location === null) return undefined
  const { line, column, lineText } = location
  const file = resolve(location.file)
  const isFile = !location.file.endsWith(listOfModules)
  return { ...(isFile ? { file } : {}), line, column: column + 1, statement: lineText, position: column }
}

/** The first place in a file of the user's that an error's stack names, by the source map of the bundle. */
function evaluationPlace(cause: unknown, { code, inside }: BundledCode): ErrorPlace | undefined {
  if (!(cause instanceof Error)) return undefined
  const stack = cause.stack ?? ''
  const map = /\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)/.exec(code)?.[1]
  const sourceMap =
    map === undefined ? undefined : new SourceMap(JSON.parse(Buffer.from(map, 'base64').toString('utf8')))
  for (const [, line, column] of stack.matchAll(/(?:\.mjs\?load=\d+|data:\S+?):(\d+):(\d+)/g)) {
    const entry = sourceMap?.findEntry(Number(line) - 1, Number(column) - 1)
    if (entry === undefined || !('originalSource' in entry) || !entry.originalSource.startsWith('file:'))
      continue
    const file = fileURLToPath(entry.originalSource)
    return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
  }
  // Node has applied the source map already, where that was asked of it.
  return stack
    .split('\n')
    .flatMap((text): readonly ErrorPlace[] => {
      const [, line, column] = /:(\d+):(\d+)\)?$/.exec(text) ?? []
      const file = inside.find((path) => text.includes(`${path}:${line}:`))
      return file === undefined ? [] : [{ file, line: Number(line), column: Number(column) }]
    })
    .at(0)
}
