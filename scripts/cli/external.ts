import { type Environment, exitCodes, MigError } from '../../migrations/core/index.ts'

/** A `postWrite` command, and how the shell gets it: the path of the file is its first argument. */
export interface PostWrite {
  readonly command: string
  readonly script: string
}

/**
 * The environment's `postWrite` commands. `{file}` becomes `"$1"`: the path is an argument, and never text that a shell
 * reads. Inside of longer quotes it would be text of another program's, as in `sh -c '… {file}'`.
 * @throws MigError `bad-post-write`
 */
export function postWriteCommands(env: Environment): readonly PostWrite[] {
  return [env.options.postWrite ?? []].flat().map((command) => {
    const plain = command.replace(/(['"])\{file\}\1/g, '{file}')
    if (!plain.includes('{file}')) return { command, script: `${plain} "$1"` }
    if (isQuoted(plain)) throw badPostWrite(command)
    return { command, script: plain.replaceAll('{file}', () => '"$1"') }
  })
}

/** Whether a `{file}` stands inside of quotes, by the shell's rules (POSIX, Shell Command Language 2.2). */
function isQuoted(command: string): boolean {
  const outside = command.replace(/\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"/g, '')
  return outside.split('{file}').length !== command.split('{file}').length
}

function badPostWrite(command: string): MigError {
  return new MigError(
    'bad-post-write',
    `postWrite command ${JSON.stringify(command)} has {file} inside quotes`,
    {
      help: `write {file} by itself; for another program's text hand it over, as in sh -c 'wc -l "$1"' sh {file}`,
    },
  )
}

/**
 * Runs `postWrite` commands on new revision files, through the shell.
 * @throws MigError `post-write-failed` with what the command said.
 */
export async function runPostWrite(
  env: Environment,
  commands: readonly PostWrite[],
  files: readonly string[],
): Promise<void> {
  if (commands.length === 0 || files.length === 0) return
  const { $ } = await import('zx')
  for (const file of files) {
    for (const { command, script } of commands) {
      const run = $({ nothrow: true, cwd: env.root })`sh -c ${script} sh ${file}`
      const { exitCode, stdout, stderr } = await run
      if (exitCode === 0) continue
      throw new MigError(
        'post-write-failed',
        `postWrite command "${command}" ended with ${exitCode} on ${file}: ${(stderr || stdout).trim()}`,
        {
          help: 'the file is written; fix the command in env.ts or the file',
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
    () => $({ stdio: 'inherit', nothrow: true, cwd: process.cwd() })`sh -c ${`${editor} "$1"`} sh ${file}`,
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
