import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'dotenv'
import type { Environment } from '../../environment/index.ts'
import type { EmitEvent } from '../../events.ts'
import { maskUrl } from '../../postgres/connection/database-url.ts'
import { readSource } from '../../source-file.ts'

/**
 * Warns where the embedded server is used although the project says where its database is: in a file beside `.env`, in a
 * variable of another name, or in the settings of the tool that its models are of.
 * @param settings the file of these settings
 */
export function warnOfUrlElsewhere(
  env: Pick<Environment, 'databaseSource' | 'root' | 'dir'>,
  settings: string | undefined,
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

function placeOfUrl(root: string, settings: string | undefined): string | undefined {
  const text = settings === undefined ? '' : readSource(settings)
  const shown = settings === undefined ? '' : relative(root, settings)
  const asked = [...text.matchAll(/\benv(?:\.|\[['"]|\(['"])([A-Z][A-Z0-9_]*)/g)].flatMap(([, name]) =>
    name !== undefined && /UR[LI]|DSN|CONNECTION/.test(name) ? [name] : [],
  )
  const names = [...new Set(['DATABASE_URL', ...asked])]
  for (const file of variableFiles(root)) {
    const variables = parse(readSource(join(root, file)))
    const name = names.find((each) => /^postgres(ql)?:/.test(variables[each] ?? ''))
    if (name !== undefined) return `${file} sets ${name} to ${maskUrl(variables[name] ?? '')}`
  }
  const [written] = /\bpostgres(?:ql)?:\/\/[^\s'"`]+/.exec(text) ?? []
  if (written !== undefined) return `${shown} has ${maskUrl(written)}`
  return asked[0] === undefined ? undefined : `${shown} takes its URL from ${asked[0]}`
}

/** `.env` and its variants, but no examples of it. */
function variableFiles(root: string): readonly string[] {
  return readdirSync(root, { withFileTypes: true })
    .flatMap((entry) => (entry.isFile() && /^\.env(\.|$)/.test(entry.name) ? [entry.name] : []))
    .filter((name) => !/example|sample|template|dist|defaults/i.test(name))
    .toSorted()
}
