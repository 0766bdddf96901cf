import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MigError } from '../../errors.ts'
import { packagedScript } from '../../packaged-script.ts'
import { filesBelow, upwards } from '../project-files.ts'
import { fence } from '../record/child.ts'
import { isSettings, type ProgramTool } from './tools.ts'

export interface ProgramProject {
  readonly cwd: string
  /** Its own files, without its packages. */
  readonly files: readonly string[]
  readonly up: ToolCommand
  readonly down: ToolCommand | undefined
}

export interface ToolCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly shown: string
}

export interface ProgramCommands {
  /** A command line that applies all migrations. */
  readonly up?: string
  /** A command line that reverts the last one, or all. */
  readonly down?: string
}

/**
 * Finds how a project's own tool is run: the command lines that are given, else the tool's own command as the project
 * has it installed.
 * @param given its folder, or the file of its settings
 * @throws MigError `no-project`, `tool-not-found`, `no-settings`, `not-led`
 */
export function findProgramProject(
  tool: ProgramTool,
  given: string,
  options: ProgramCommands,
): ProgramProject {
  const kind = statSync(given, { throwIfNoEntry: false })
  if (kind === undefined) {
    throw new MigError('no-project', `there is no ${given}`, {
      help: `give the folder of the project that runs ${tool.name}`,
    })
  }
  const folder = kind.isDirectory() ? given : dirname(given)
  const cwd = kind.isFile() || tool.startsAtPackage === true ? folderOfPackage(folder) : folder
  const files = ownFiles(cwd)
  if (options.up !== undefined) {
    for (const line of [options.up, options.down]) if (line !== undefined) checkLed(line)
    const down = options.down === undefined ? undefined : shellCommand(options.down)
    return { cwd, files, up: shellCommand(options.up), down }
  }
  const settings = kind.isDirectory() ? settingsIn(tool, ownFiles(given)) : given
  if (settings === undefined && tool.needs !== undefined) throw noSettings(tool.name, tool.needs, given)
  const program = installed(cwd, tool)
  const settingsFile = kind.isDirectory() ? undefined : given
  const found = {
    program,
    settings,
    given: settingsFile,
    drivers: dirname(packagedScript('adopt', 'programs', 'typeorm.cjs')),
  }
  return {
    cwd,
    files,
    up: nodeCommand(tool.name, tool.up(found)),
    down: nodeCommand(tool.name, tool.down(found)),
  }
}

function nodeCommand(name: string, args: readonly string[]): ToolCommand {
  const shown = [name, ...args.slice(1).map((arg) => basename(arg))].join(' ')
  return { command: process.execPath, args, shown }
}

function shellCommand(line: string): ToolCommand {
  const [command, flag] = process.platform === 'win32' ? ['cmd.exe', '/c'] : ['/bin/sh', '-c']
  return { command, args: [flag, line], shown: line }
}

/**
 * A program that is not Node's connects where its settings say, unless it has no network (`fence`) or is told.
 * @throws MigError `not-led`
 */
function checkLed(line: string): void {
  if (fence().length > 0) return
  const commands = line.split(/[;&|\n]+/).map((each) => each.trim())
  if (commands.every(isLed)) return
  throw new MigError(
    'not-led',
    `${line} could connect to any database, and this system cannot restrict it to the scratch database`,
    { help: 'put {url} into the command, or start it with node, npx, npm, pnpm or yarn' },
  )
}

function isLed(command: string): boolean {
  return (
    /\{(url|host|port)\}/.test(command) ||
    /^(?:\w+=(?:'[^']*'|"[^"]*"|[^\s'"]*)\s+)*(?:node|npm|npx|pnpm|yarn|cd)(?:\s|$)/.test(command)
  )
}

/** Whether the package that a folder is of has a script of this name. */
export function hasScript(folder: string, name: string): boolean {
  const file = join(folderOfPackage(folder), 'package.json')
  if (!existsSync(file)) return false
  const { scripts = {} } = JSON.parse(readFileSync(file, 'utf8')) as { scripts?: Record<string, string> }
  return scripts[name] !== undefined
}

/** Files that may say what a history makes: code and SQL. A larger one is data. */
const source = /\.([cm]?[jt]s|sql|json)$|rc$/
const largestCode = 8 * 1024 * 1024

function ownFiles(folder: string): readonly string[] {
  const files = filesBelow(folder).map((file) => join(folder, file))
  return files.filter((file) => {
    const stat = statSync(file, { throwIfNoEntry: false })
    return source.test(file) && stat?.isFile() && stat.size <= largestCode
  })
}

/** The one nearest to the top. */
function settingsIn(tool: ProgramTool, files: readonly string[]): string | undefined {
  const found = files.filter((file) => isSettings(tool, file))
  return found.sort((a, b) => a.split(/[\\/]/).length - b.split(/[\\/]/).length)[0]
}

function folderOfPackage(folder: string): string {
  return upwards(folder).find((each) => existsSync(join(each, 'package.json'))) ?? folder
}

/** The file of a package's command, as the project has it. */
function installed(project: string, tool: ProgramTool): string {
  for (const folder of upwards(project)) {
    const home = join(folder, 'node_modules', tool.package)
    const file = join(home, 'package.json')
    if (!existsSync(file)) continue
    const { bin } = JSON.parse(readFileSync(file, 'utf8')) as { bin?: string | Record<string, string> }
    const path = typeof bin === 'string' ? bin : Object.values(bin ?? {})[0]
    if (path !== undefined) return join(home, path)
  }
  throw new MigError('tool-not-found', `${project} has no ${tool.package} in its node_modules`, {
    help: `install it there, or ${commandHelp}`,
  })
}

const commandHelp =
  "give the commands that apply all migrations and revert the last one: --up 'npm run migrate' --down 'npm run migrate:down'"

function noSettings(name: string, needs: string, folder: string): MigError {
  return new MigError('no-settings', `${folder} has no settings of ${name}, such as ${needs}`, {
    help: `give the folder that has them, or the file; or ${commandHelp}`,
  })
}
