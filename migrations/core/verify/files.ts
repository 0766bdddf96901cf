import { basename } from 'node:path'
import type { Project } from '../runner/index.ts'
import { counted, type Found } from './result.ts'
import { strayRowTests } from './rows/row-test.ts'

/** Row tests without a revision, and file names that do not hold the id of the revision inside; the formats are checked by reading the files. */
export function checkFiles({ env, files }: Project): readonly Found[] {
  const wrong = [...files.values()].filter(
    ({ line, path, revision }) => env.filter.includes(line) && !basename(path).includes(revision),
  )
  const folders = env.lines.flatMap(({ key, locations }) => (env.filter.includes(key) ? locations : []))
  const strays = strayRowTests(folders, files.values()).map(
    (path): Found => ({
      status: 'failed',
      message: `the row test ${basename(path)} belongs to no revision`,
      help: 'name it as the revision file, with .test.sql in place of .ts or .sql',
      place: { file: path },
    }),
  )
  if (wrong.length === 0 && strays.length === 0) {
    const total = [...files.values()].filter(({ line }) => env.filter.includes(line)).length
    return [{ status: 'ok', message: counted(total, 'revision file') }]
  }
  const misnamed = wrong.map(
    ({ line, path, revision }): Found => ({
      status: 'failed',
      line,
      revision,
      message: `the file's name lacks its revision id ${revision}`,
      help: 'rename the file: people find it by its name',
      place: { file: path },
    }),
  )
  return [...misnamed, ...strays]
}

/** Lines with more than one head: an upgrade to `head` would not know which. */
export function checkForks({ env, graph, files }: Project): readonly Found[] {
  const forked = env.filter.flatMap((line): readonly Found[] => {
    const heads = graph.realHeads({ lines: [line] })
    const [first] = heads
    if (heads.length < 2 || first === undefined) return []
    const file = files.get(heads.at(-1) ?? first)
    return [
      {
        status: 'failed',
        line,
        message: `line ${line} has ${heads.length} heads: ${heads.join(', ')}`,
        help: `just mig-merge "${heads.join(' ')}" "merge"`,
        ...(file === undefined ? {} : { place: { file: file.path } }),
      },
    ]
  })
  return forked.length > 0 ? forked : [{ status: 'ok', message: 'one head in each line' }]
}
