// Loads projects as models are loaded, and prints what they export and what their models say, as JSON. Argument: the list of
// projects, as JSON.
import { loadDescriptions } from '../../migrations/core/environment/index.ts'
import { readModels } from '../../migrations/core/sources/index.ts'

/** A project on disk. */
export interface DescribedProject {
  readonly name: string
  readonly cacheDir: string
  readonly load: readonly string[]
  /** The folders of its environments, each with the place of its models. */
  readonly models: readonly { readonly base: string; readonly source: string }[]
}

const projects = JSON.parse(process.argv[2] ?? '[]') as readonly DescribedProject[]
const described: Record<string, unknown> = {}
for (const { name, cacheDir, load, models } of projects) {
  const { exports } = load.length === 0 ? { exports: new Map() } : await loadDescriptions(load, cacheDir)
  const statements: (readonly string[])[] = []
  for (const { base, source } of models) {
    const place = { base, sources: [{ key: undefined, source }], declared: true }
    const { files } = await readModels(place, { cacheDir, build: () => Promise.resolve([]) })
    statements.push(files.flatMap((file) => file.statements.map(({ sql }) => sql.replace(/\s+/g, ' '))))
  }
  described[name] = { exports: [...exports.values()][0] ?? {}, statements }
}
console.log(JSON.stringify(described))
