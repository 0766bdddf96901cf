// Sets the test server up, runs it, and outlives the test run just long enough to clean up after it: when the
// pipe on its standard input closes, for whatever reason (end of run, Ctrl-C, kill -9), it stops what runs and
// removes the folder. Arguments: the folder, and JSON of { steps: [command, args][], uid, gid }, of which the
// last step is the server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const [folder, json] = process.argv.slice(2)
if (folder === undefined || json === undefined) throw new Error('usage: server-keeper.mjs FOLDER JSON')
const { steps, ...user } = JSON.parse(json)
const log = openSync(join(folder, 'server.log'), 'a')
/** @type {import('node:child_process').ChildProcess | undefined} */
let running
let isOver = false

process.stdin.on('close', () => {
  isOver = true
  running?.kill('SIGQUIT')
})
process.stdin.resume()

let code = 0
for (const [command, args] of steps) {
  if (isOver || code !== 0) break
  running = spawn(command, args, { ...user, cwd: folder, stdio: ['ignore', log, log] })
  code = (await once(running, 'exit'))[0] ?? 1
}
// A failed set-up leaves its log to be read until the run is over.
if (!isOver && code !== 0) {
  process.stdout.write('failed\n')
  await once(process.stdin, 'close')
}
rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
process.exit(code)
