import { expect, test } from 'vitest'
import { runTool } from '../../../migrations/core/adopt/record/child.ts'

/** What it starts keeps its output open: as long as that runs, the tool has not ended. */
const standsStill = `
require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
console.log('started')
console.error('waiting for the vault')
setInterval(() => {}, 1000)`

test('a tool that stands still is ended, with what it has started', async () => {
  const lines: string[] = []
  const run = runTool({
    ...{ command: process.execPath, args: ['-e', standsStill], cwd: '.', env: process.env },
    ...{ fence: false, signal: undefined, at: () => 'in the upgrade 3f2a', patience: 3000 },
    onLine(line) {
      lines.push(line)
      return undefined
    },
  })
  await expect(run).rejects.toMatchObject({
    code: 'tool-hangs',
    message: 'the tool has printed nothing for 3 s, in the upgrade 3f2a',
    help: 'the last lines that it printed: waiting for the vault',
  })
  expect(lines).toEqual(['started'])
})
