import { type Environment, exitCodes, MigError } from '../../migrations/core/index.ts'

/**
 * Runs the environment's `postWrite` commands on new revision files, through the shell, `{file}` being the path.
 * @throws MigError `post-write-failed` with what the command said.
 */
export async function runPostWrite(env: Environment, files: readonly string[]): Promise<void> {
  const given = env.options.postWrite ?? []
  const commands = typeof given === 'string' ? [given] : given
  if (commands.length === 0 || files.length === 0) return
  const { $, quote } = await import('zx')
  for (const file of files) {
    for (const command of commands) {
      const text = command.includes('{file}')
        ? command.replaceAll('{file}', quote(file))
        : `${command} ${quote(file)}`
      const { exitCode, stdout, stderr } = await $({ nothrow: true, cwd: env.root })`sh -c ${text}`
      if (exitCode === 0) continue
      throw new MigError(
        'post-write-failed',
        `postWrite command "${command}" ended with ${exitCode} on ${file}: ${(stderr || stdout).trim()}`,
        {
          help: 'the file is written; mend the command in env.ts or the file',
          exitCode: exitCodes.stepFailed,
          place: { file },
        },
      )
    }
  }
}

/**
 * Opens a file in $VISUAL or $EDITOR and waits for it.
 * @throws MigError `no-editor`, `editor-failed`.
 */
export async function openEditor(file: string): Promise<void> {
  const editor = process.env.VISUAL || process.env.EDITOR
  if (!editor)
    throw new MigError('no-editor', 'neither VISUAL nor EDITOR is set', {
      help: `EDITOR=vi just mig-edit …, or open ${file}`,
    })
  const { $ } = await import('zx')
  // An editor setting may hold arguments, as in `code --wait`: the shell takes it apart.
  const { exitCode } = await onTheTerminal(
    () => $({ stdio: 'inherit', nothrow: true })`sh -c ${`${editor} "$1"`} sh ${file}`,
  )
  if (exitCode !== 0)
    throw new MigError('editor-failed', `"${editor}" ended with ${exitCode}`, {
      help: `open ${file} yourself`,
    })
}

/** Runs a program that the user works with: while it does, Ctrl-C is meant for that program alone. */
export async function onTheTerminal<Result>(program: () => PromiseLike<Result>): Promise<Result> {
  const own = process.listeners('SIGINT')
  const leaveIt = () => undefined
  process.removeAllListeners('SIGINT').on('SIGINT', leaveIt)
  try {
    return await program()
  } finally {
    process.off('SIGINT', leaveIt)
    for (const listener of own) process.on('SIGINT', listener)
  }
}
