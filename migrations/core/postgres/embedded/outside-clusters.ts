import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { livePostmaster } from './postmaster.ts'

const hour = 3_600_000

/** Notes in a cluster outside which link leads to it, so that it can be known for an orphan one day. */
export function noteLink(cluster: string, link: string): void {
  writeFileSync(join(cluster, 'link'), link)
}

/**
 * Removes clusters whose project is gone, servers included: their link leads elsewhere or nowhere. One that is
 * younger than an hour stays, since its link may be about to be made.
 * @param home the folder of the clusters outside
 */
export async function removeOrphans(home: string): Promise<void> {
  for (const name of readdirSync(home)) {
    const cluster = join(home, name)
    if (!name.startsWith('cluster-') || !isOrphan(cluster)) continue
    const live = await livePostmaster(join(cluster, 'data'))
    // Nobody will read its data again: it need not end in good order.
    if (live !== undefined) process.kill(live.pid, 'SIGQUIT')
    rmSync(cluster, { recursive: true, force: true, maxRetries: 10 })
  }
}

function isOrphan(cluster: string): boolean {
  const note = join(cluster, 'link')
  const stats = statSync(note, { throwIfNoEntry: false })
  if (stats === undefined || Date.now() - stats.mtimeMs < hour) return false
  const link = readFileSync(note, 'utf8')
  return !existsSync(link) || realpathSync(link) !== realpathSync(cluster)
}
