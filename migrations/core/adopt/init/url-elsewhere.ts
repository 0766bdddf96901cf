import { readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parse } from 'dotenv'
import type { Environment } from '../../environment/index.ts'
import type { EmitEvent } from '../../events.ts'
import { maskUrl } from '../../postgres/connection/database-url.ts'
import { readSource } from '../../source-file.ts'

/**
 * Warns where the embedded server is used although the project says where its database is: in a file beside `.env`, in a
 * variable of another name, in the settings of the tool that its models or its history are of, or in a `.env` beside these.
 * @param settings the files of these settings
 */
export function warnOfUrlElsewhere(
  env: Pick<Environment, 'databaseSource' | 'root' | 'dir'>,
  settings: readonly string[],
  emit: EmitEvent,
): void {
  if (env.databaseSource !== 'embedded') return
  const place = placeOfUrl(env.root, settings)
  if (place === undefined) return
  emit({
    event: 'warning',
    code: 'url-elsewhere',
    message: `the embedded server is used, since .env does not set DATABASE_URL; ${place}`,
    help: `for that database: write DATABASE_URL=… into .env, or in front of the command, delete ${relative(env.root, env.dir)}, and give the command again`,
  })
}

function placeOfUrl(root: string, settings: readonly string[]): string | undefined {
  const read = settings.map((path) => ({ shown: relative(root, path), text: readSource(path) }))
  const asked = read.flatMap(({ shown, text }) =>
    [...text.matchAll(/\benv(?:\.|\[['"]|\(['"])([A-Z][A-Z0-9_]*)/g)].flatMap(([, name = '']) =>
      /UR[LI]|DSN|CONNECTION/.test(name) ? [{ shown, name }] : [],
    ),
  )
  const names = [...new Set(['DATABASE_URL', ...asked.map(({ name }) => name)])]
  const folders = [...new Set([root, ...settings.map((path) => dirname(path))])]
  for (const file of folders.flatMap(variableFiles)) {
    const variables = parse(readSource(file))
    const name = names.find((each) => /^postgres(ql)?:/.test(variables[each] ?? ''))
    if (name !== undefined) return `${relative(root, file)} sets ${name} to ${maskUrl(variables[name] ?? '')}`
  }
  for (const { shown, text } of read) {
    const [written] = /\bpostgres(?:ql)?:\/\/[^\s'"`]+/.exec(text) ?? []
    if (written !== undefined) return `${shown} has ${maskUrl(written)}`
  }
  return asked[0] === undefined ? undefined : `${asked[0].shown} takes its URL from ${asked[0].name}`
}

/** `.env` and its variants, but no examples of it. */
function variableFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isFile() && /^\.env(\.|$)/.test(entry.name) ? [entry.name] : []))
    .filter((name) => !/example|sample|template|dist|defaults/i.test(name))
    .toSorted()
    .map((name) => join(folder, name))
}
