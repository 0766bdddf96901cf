import { MigError } from '../../errors.ts'
import { readInside } from '../project-files.ts'
import type { DescribedRevision } from './driver.ts'
import { type AlembicFolders, noProject, pythonFiles } from './folders.ts'

/**
 * Reads ids and parents of a project's revision files, for where no Python can be run: nothing of them is run or evaluated.
 * @throws MigError `bad-alembic-revision` for what is not a plain literal, `outside-folder` for a link to elsewhere,
 *   `no-alembic-project` when no file has a revision
 */
export function readHeaders(
  folders: AlembicFolders,
  show: (path: string) => string,
): readonly DescribedRevision[] {
  const headers = folders.versions.flatMap(pythonFiles).flatMap((file) => {
    return revisionHeader(readInside(folders.given, file), file, show) ?? []
  })
  if (headers.length === 0) throw noProject(folders.versions.map(show).join(', '))
  return headers
}

const assignment = /^(revision|down_revision|depends_on|branch_labels)[ \t]*(?::[^=\n]*)?=[ \t]*/gm
const blankLines = /^(?:[ \t]*(?:#[^\n]*)?\n)+/
const docstring = /^[rRuU]?("""|'''|"|')([\s\S]*?)\1/
/** A list up to what closes it, or the rest of the line. */
const value = /^[([{]([^)\]}]*)[)\]}][ \t]*(?:#.*)?$|^(.*)/m

/** The header of one file; undefined where it sets no `revision`, as a helper module. */
export function revisionHeader(
  text: string,
  file: string,
  show: (path: string) => string = (path) => path,
): DescribedRevision | undefined {
  const assigned = new Map(
    [...text.matchAll(assignment)].map(({ 0: whole, 1: name = '', index }) => {
      const [, list, line = ''] = value.exec(text.slice(index + whole.length)) ?? []
      const texts = textsOf(list ?? line)
      if (texts === undefined)
        throw notLiteral(name, show(file), file, text.slice(0, index).split('\n').length)
      return [name, texts] as const
    }),
  )
  const [revision] = assigned.get('revision') ?? []
  if (revision === undefined) return undefined
  return {
    revision,
    parents: assigned.get('down_revision') ?? [],
    dependsOn: assigned.get('depends_on') ?? [],
    labels: assigned.get('branch_labels') ?? [],
    doc: docstring.exec(text.replace(blankLines, ''))?.[2] ?? '',
    file,
  }
}

/** Texts between commas, of which `None` is none; undefined for anything else. */
function textsOf(list: string): readonly string[] | undefined {
  const items = list.replace(/#.*/g, '').split(',')
  const texts = items.map((item) => /^\s*(?:[rRuU]?(["'])([^"'\\\n]*)\1|None)?\s*$/.exec(item))
  return texts.includes(null) ? undefined : texts.flatMap((found) => found?.[2] ?? [])
}

function notLiteral(name: string, shown: string, file: string, line: number): MigError {
  return new MigError(
    'bad-alembic-revision',
    `${shown}:${line} sets ${name} to something other than a string literal`,
    {
      help: `write ${name} as a literal in that file, then run the import again`,
      place: { file, line },
    },
  )
}
