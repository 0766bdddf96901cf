import { relative } from 'node:path'
import type { Environment, NewFile } from '../../migrations/core/index.ts'
import { writeNewFile } from '../../migrations/core/revisions/index.ts'
import { postWriteCommands, runPostWrite } from './external.ts'
import type { Output } from './output.ts'

/** Writes new revision files, runs the `postWrite` commands on them, and says where they are. */
export async function writeNewFiles(
  env: Environment,
  output: Output,
  files: readonly NewFile[],
): Promise<void> {
  const commands = postWriteCommands(env)
  for (const file of files) writeNewFile(file.path, file.text)
  for (const { line, revision, path } of files) {
    const shown = relative(env.root, path)
    output.result(`wrote ${shown}`, { event: 'written', line, revision, path: shown })
  }
  await runPostWrite(
    env,
    commands,
    files.map((file) => file.path),
  )
}
