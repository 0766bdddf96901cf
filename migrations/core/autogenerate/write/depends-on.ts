import { readFileSync } from 'node:fs'
import { type ObjectId, relationOf, schemaOf } from '../../difference/index.ts'
import { regexEscape } from '../../regex-escape.ts'
import type { Project } from '../../runner/index.ts'
import type { LineTarget } from '../../scratch/lines.ts'
import type { References } from './references.ts'

/** A new revision, as far as is known where its edges are decided. */
export interface Edges {
  readonly line: string
  /** What it stands on already: its parent, and revisions of the same command. */
  readonly standsOn: readonly string[]
}

/**
 * The earlier revisions of other lines that a new one has to come after: those that made what it refers to, and those
 * that referred to what it drops. The graph alone knows which of two lines is first on an empty database.
 *
 * Which revision made a thing is looked up in the text of the files: the last that names it. Where none does, as when a
 * program writes the names, it is the head of the line.
 * @returns ids, without those that it comes after anyway
 */
export function earlierRevisions(
  project: Pick<Project, 'graph' | 'files' | 'env'>,
  lines: readonly LineTarget[],
  { line, standsOn }: Edges,
  { needs, own, drops }: References,
): readonly string[] {
  const histories = new Map<string, History>()
  const historyOf = (key: string): History => {
    const history = histories.get(key) ?? readHistory(project, key)
    histories.set(key, history)
    return history
  }
  const mayDepend = (key: string) => key !== line && dependable(lines, line, key)
  const makers = needs.flatMap((id) => {
    const owner = lines.find(({ schema }) => schema === schemaOf(id))
    return owner === undefined || !mayDepend(owner.key) ? [] : historyOf(owner.key).makersOf(id)
  })
  const others = lines.filter(({ key }) => mayDepend(key)).map(({ key }) => key)
  const isNamed = (key: string, id: ObjectId) =>
    historyOf(key).lastWith(wordsOf(id, false).slice(0, 1)).length > 0
  const elsewhere = own
    .filter((id) => others.length > 0 && !isNamed(line, id))
    .flatMap((id) => others.flatMap((key) => historyOf(key).lastWith(wordsOf(id, true))))
  const users = drops.flatMap((id) => others.flatMap((key) => historyOf(key).lastWith(wordsOf(id, true))))
  return withoutAncestors(project, [...new Set([...makers, ...elsewhere, ...users])], standsOn)
}

/** Whether a revision refers to anything in the schema of another line. */
export function refersToOthers(lines: readonly LineTarget[], line: string, { needs }: References): boolean {
  return needs.some((id) => lines.some(({ key, schema }) => key !== line && schema === schemaOf(id)))
}

/** A revision of a single line cannot depend on one of a tenant line. */
function dependable(lines: readonly LineTarget[], from: string, to: string): boolean {
  const isTenant = (key: string) => lines.some((line) => line.key === key && line.tenant)
  return isTenant(from) || !isTenant(to)
}

/** A line's revisions, as they can be searched. */
interface History {
  readonly makersOf: (id: ObjectId) => readonly string[]
  /** The last revision that has all of these words; undefined where none has them. */
  readonly lastWith: (words: readonly string[]) => readonly string[]
}

function readHistory({ graph, files }: Pick<Project, 'graph' | 'files'>, line: string): History {
  const newestFirst = graph
    .history(undefined, { lines: [line] })
    .flatMap(({ revision }) => files.get(revision) ?? [])
    .filter((file) => file.line === line)
    .map(({ revision, path }) => ({ revision, text: readFileSync(path, 'utf8') }))
  const lastWith: History['lastWith'] = (words) => {
    const tests = words.map(wordPattern)
    const found = newestFirst.find(({ text }) => tests.every((test) => test.test(text)))
    return found === undefined ? [] : [found.revision]
  }
  const heads = graph.heads({ lines: [line] })
  return {
    lastWith,
    makersOf: (id) => {
      // Which side of a fork is last, nothing says.
      if (heads.length > 1) return heads
      const found = [wordsOf(id, false), wordsOf(id, false).slice(0, 1)]
        .map(lastWith)
        .find((ids) => ids.length > 0)
      return found ?? heads
    },
  }
}

/** The words that a file says where it names an object: of its relation, or of itself, and of its own. */
function wordsOf(id: ObjectId, withSchema: boolean): readonly string[] {
  const relation = relationOf(id)
  const name = 'name' in id ? [String(id.name)] : []
  const schema = schemaOf(id)
  const names = relation === undefined ? name : [relation.name, ...name]
  return [...new Set([...names, ...(withSchema && schema !== undefined ? [schema] : [])])]
}

function wordPattern(word: string): RegExp {
  return new RegExp(`(?<![\\w$])${regexEscape(word)}(?![\\w$])`)
}

/** Without those that come before the others, or before what the revision stands on. */
function withoutAncestors(
  { graph }: Pick<Project, 'graph'>,
  ids: readonly string[],
  standsOn: readonly string[],
): readonly string[] {
  return ids.filter((id) => {
    const others = [...standsOn, ...ids.filter((other) => other !== id)]
    return !graph.ancestors(others).includes(id)
  })
}
