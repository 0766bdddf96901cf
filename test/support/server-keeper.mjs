// Runs the test server and outlives the test run just long enough to clean up after it: when the pipe on its
// standard input closes, for whatever reason (end of run, Ctrl-C, kill -9), it stops the server and removes
// the folder. Arguments: folder, JSON of { command, args, uid, gid }.
import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

const [folder, json] = process.argv.slice(2)
if (folder === undefined || json === undefined) throw new Error('usage: server-keeper.mjs FOLDER JSON')
const { command, args, ...user } = JSON.parse(json)
const log = openSync(join(folder, 'server.log'), 'a')
const server = spawn(command, args, { ...user, stdio: ['ignore', log, log] })

server.on('exit', () => {
  rm(folder, { recursive: true, force: true, maxRetries: 5 }).then(() => process.exit(0))
})
process.stdin.on('close', () => server.kill('SIGQUIT'))
process.stdin.resume()
