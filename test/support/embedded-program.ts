// Ensures the embedded server of a project folder, prints its facts as JSON, and ends; prints each event to
// stderr. Argument: the project folder.
import { MigError } from '../../migrations/core/errors.ts'
import { ensureDatabase, ensureEmbeddedServer } from '../../migrations/core/postgres/embedded/embedded.ts'

try {
  const server = await ensureEmbeddedServer({
    root: process.argv[2] ?? '',
    emit: (event) => process.stderr.write(`${JSON.stringify(event)}\n`),
  })
  await ensureDatabase(server, 'app')
  console.log(
    JSON.stringify({ pid: server.pid, port: server.port, url: server.url('app'), version: server.version }),
  )
} catch (error) {
  console.log(
    JSON.stringify(error instanceof MigError ? { code: error.code, message: error.message } : String(error)),
  )
  process.exitCode = 1
}
