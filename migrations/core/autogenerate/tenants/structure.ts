import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MigError } from '../../errors.ts'
import { toolVersion } from '../../ledger/index.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { withScratchDatabase } from '../../postgres/scratch.ts'
import { fileChecksum, type Project, type Session } from '../../runner/index.ts'
import { readCatalog, type Scope } from '../engine/index.ts'
import { generateRevisions } from '../generate.ts'
import { tenantStandIn } from '../input.ts'
import { modelInput } from '../project.ts'
import { runOnScratch, scratchProject } from '../replay.ts'
import { scratchOptions } from '../wanted.ts'

/**
 * The structure of a tenant at head as statements without its name: made once from the revisions on scratch
 * databases, kept in the cache until a revision changes.
 * @throws MigError `no-template` when the structure cannot be made in one transaction; `no-scratch`; what a
 *   revision throws
 */
export async function tenantStructure(
  session: Session,
  project: Project,
  line: string,
): Promise<readonly string[]> {
  const path = join(project.env.cacheDir, `structure-${structureKey(project, line)}.json`)
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as readonly string[]
  const statements = await madeStructure(session, project, line)
  mkdirSync(project.env.cacheDir, { recursive: true })
  writeFileSync(path, JSON.stringify(statements))
  return statements
}

/** Everything that the structure is made from: the files of the line and of what it depends on. */
function structureKey({ graph, files, env }: Project, line: string): string {
  const own = [...files.values()].filter((file) => file.line === line).map((file) => file.revision)
  const parts = graph.ancestors(own).map((id) => {
    const file = files.get(id)
    return `${id} ${file === undefined ? '' : fileChecksum(file.path)}`
  })
  const text = JSON.stringify([toolVersion, line, env.schemas, env.x, parts])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

async function madeStructure(session: Session, project: Project, line: string): Promise<readonly string[]> {
  const input = { ...(await modelInput(session, project, true)), filter: [line] }
  const scratch = scratchProject(project)
  const standIn = tenantStandIn(line)
  const others = scratch.env.filter.filter((key) => key !== line)
  const scope: Scope = { schemas: [standIn], excludes: () => false, globals: new Set(), privileges: true }
  return withScratchDatabase(scratchOptions(input), async (base) => {
    for (const { schema } of input.lines)
      await base.client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
    const heads = (lines: readonly string[]) => ({ direction: 'upgrade', target: 'heads', lines }) as const
    if (others.length > 0) await runOnScratch(base.client, scratch, heads(others))
    const from = await readCatalog(base.client)
    // A template may have nobody in it.
    await base.client.end()
    const to = await withScratchDatabase(scratchOptions(input, base.name), async ({ client }) => {
      await runOnScratch(client, scratch, heads([line]))
      return readCatalog(client)
    })
    const asked = {
      ...input,
      ...{ liveUrl: null, strict: false, online: false, keep: false, replay: () => Promise.resolve() },
      casts: { using: {}, recreate: ['*'] },
      renames: { given: {}, others: 'off' as const },
    }
    const revisions = await generateRevisions(asked, { database: base.name, catalog: from }, to, scope, [])
    const sections = revisions.flatMap(({ upgrade }) => upgrade.sections)
    if (sections.some(({ autocommit }) => autocommit)) throw noTemplate(line)
    return sections.flatMap(({ statements }) => statements)
  })
}

function noTemplate(line: string): MigError {
  return new MigError('no-template', `the structure of ${line} cannot be made in one transaction`, {
    help: 'leave --from-template out: then every revision runs',
  })
}
