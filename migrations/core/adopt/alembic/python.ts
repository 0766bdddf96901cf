import { existsSync, readFileSync, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { MigError } from '../../errors.ts'
import { upwards } from '../project-files.ts'

/** How the project's Python is started. */
export interface Interpreter {
  readonly command: string
  readonly args: readonly string[]
  /** As messages name it. */
  readonly shown: string
}

/** Files of package managers that run a program in the project's environment. */
const managers: readonly (readonly [file: string, command: string, args: readonly string[]])[] = [
  ['uv.lock', 'uv', ['run', '--no-sync', 'python']],
  ['poetry.lock', 'poetry', ['run', 'python']],
  ['pdm.lock', 'pdm', ['run', 'python']],
  ['Pipfile', 'pipenv', ['run', 'python']],
]

/**
 * The interpreter that has the project's packages: the one that is named, else of VIRTUAL_ENV, of an environment in
 * the project's folder or above, of its package manager, of the `alembic` on the path, else python3.
 * @throws MigError `no-python` where the one that is named is not there
 */
export function findPython(
  project: string,
  given: string | undefined,
  variables: NodeJS.ProcessEnv,
): Interpreter {
  if (given !== undefined) {
    const named =
      inEnvironment(resolve(given)) ?? (existsSync(given) ? resolve(given) : onPath(given, variables))
    if (named !== undefined) return plain(named)
    throw new MigError('no-python', `there is no interpreter ${given}`, {
      help: "name the project's own, as --python .venv/bin/python",
    })
  }
  const active = variables.VIRTUAL_ENV === undefined ? undefined : inEnvironment(variables.VIRTUAL_ENV)
  if (active !== undefined) return plain(active)
  for (const folder of upwards(project)) {
    const environment = ['.venv', 'venv', 'env']
      .map((name) => inEnvironment(join(folder, name)))
      .find((path) => path)
    if (environment !== undefined) return plain(environment)
    for (const [file, command, args] of managers) {
      const program = existsSync(join(folder, file)) ? onPath(command, variables) : undefined
      if (program !== undefined) return { command: program, args, shown: [command, ...args].join(' ') }
    }
    if (existsSync(join(folder, '.git'))) break
  }
  const python = ofAlembic(variables) ?? onPath('python3', variables) ?? onPath('python', variables)
  return plain(python ?? 'python3')
}

function plain(command: string): Interpreter {
  return { command, args: [], shown: command }
}

/** The interpreter of a virtual environment; undefined for a folder that is none. */
function inEnvironment(folder: string): string | undefined {
  if (!existsSync(join(folder, 'pyvenv.cfg'))) return undefined
  return [join(folder, 'bin', 'python'), join(folder, 'Scripts', 'python.exe')].find((path) =>
    existsSync(path),
  )
}

function onPath(name: string, variables: NodeJS.ProcessEnv): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe', ''] : ['']
  return (variables.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => endings.map((ending) => join(folder, `${name}${ending}`)))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
}

/** The program `alembic` names its interpreter in its first line. */
function ofAlembic(variables: NodeJS.ProcessEnv): string | undefined {
  const program = onPath('alembic', variables)
  if (program === undefined) return undefined
  const path = /^#!\s*(\/\S*python\S*)\s*$/m.exec(readFileSync(program, 'utf8').split('\n')[0] ?? '')?.[1]
  return path !== undefined && existsSync(path) ? path : undefined
}
