import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { ModelProgram } from './model-programs.ts'
import { shellWord } from './shell-word.ts'

/** The folder that a program runs in: its own, else the nearest with a package.json. */
export function programFolder({ cwd }: Pick<ModelProgram, 'cwd'>, base: string): string {
  return cwd === undefined ? packageFolder(base) : resolve(base, cwd)
}

/** The nearest folder with a package.json, in which the commands of its scripts run; else the folder itself. */
function packageFolder(base: string): string {
  for (let at = base; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at
    if (dirname(at) === at) return base
  }
}

/**
 * A program with its `file` in the place of `{file}`: in the command as the folder that it runs in has it, in the inputs as
 * the folder of env.ts does. A path from the folder that it runs in is found too: the functions for tools once took it so.
 */
export function withFile(program: ModelProgram, base: string): ModelProgram {
  const { file, ...rest } = program
  if (file === undefined) return program
  const folder = programFolder(program, base)
  const path = [base, folder].map((from) => resolve(from, file)).find(existsSync) ?? resolve(base, file)
  const placed = (text: string, value: string) => text.replaceAll('{file}', () => value)
  const command = (text: string) => placed(text, shellWord(pathFrom(folder, path)))
  const inputs = rest.inputs?.map((input) => placed(input, pathFrom(base, path)))
  return {
    ...rest,
    ...('print' in rest ? { print: command(rest.print) } : { build: command(rest.build) }),
    ...(inputs === undefined ? {} : { inputs }),
  }
}

function pathFrom(folder: string, path: string): string {
  return relative(folder, path).replaceAll('\\', '/')
}
