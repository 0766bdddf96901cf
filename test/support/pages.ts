import { readdirSync, readFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { anchorOf } from '../../scripts/docs/markdown.ts'
import { command } from './commands.ts'
import { cleanVariables, justBinary, repository } from './recipes.ts'

/** A page for users, as it is in the repository. */
export interface Page {
  /** Relative to the repository. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
}

/** Every page for users: those of the root, and then docs/, in the order in which they are read. */
export function allPages(): readonly Page[] {
  const inDocs = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .toSorted()
  const first = ['README.md', 'docs/tutorial.md', 'docs/how-to/own-project.md']
  const rest = ['CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...inDocs]
  return [...new Set([...first, ...rest])].map((path) => {
    const text = readFileSync(join(repository, path), 'utf8')
    return { path, text, blocks: blocksOf(text) }
  })
}

/** The places in a page that a link can lead to, as GitHub names them. */
export function anchorsOf(text: string): readonly string[] {
  const headings = text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, title = '']) => anchorOf(title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')))
}

/** Where a page's links lead, but for those into the web. */
export function linksOf(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '``')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) =>
    /^[a-z]+:/.test(target) ? [] : [target],
  )
}

/** A fenced block of a page. */
export interface Block {
  readonly language: string
  /** What stands after the language: the file of a diff, or that a block is; of `sh`, the project that it runs in. */
  readonly about: string
  readonly text: string
}

/** The fenced blocks of a Markdown page, in order. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', about = '', text = '']) => ({ language, about, text }),
  )
}

/**
 * Runs a block's lines in a project, as a person types them; what they print, on stdout and stderr alike.
 * @param variables set besides; the caller's settings are not
 */
export async function runBlock(
  project: string,
  text: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const path = [dirname(justBinary()), join(project, 'node_modules', '.bin'), process.env.PATH].join(':')
  const { all, exitCode } = await execa('bash', ['-euo', 'pipefail', '-c', text], {
    cwd: project,
    env: cleanVariables({ PATH: path, NO_COLOR: '1', npm_config_loglevel: 'error', ...variables }),
    extendEnv: false,
    all: true,
    reject: false,
    stdin: 'ignore',
  })
  if (exitCode !== 0) throw new Error(`exit ${exitCode} of\n${text}\n${all}`)
  // Places are told by their whole path; a page has no use for that of this run.
  return all.replaceAll(`${project}/`, '')
}

/** What a line of a page starts in the project: a recipe, with words that no shell changes. */
const plainLine =
  /^just (?!db-psql|mig-edit)[\w-]+(?: (?:[\w:,./=@+^-]+|"[^"$`\\]*"))*(?<handled> \|\| echo "exit \$\?")?$/

/** What lines after it need, or what goes on in the next line: such a block is one script. */
const oneScript = /^(?:export|cd|wait)\b|<<|\\$|^(?:[^'\n]*'[^'\n]*')*[^'\n]*'[^'\n]*$/m

/**
 * As `runBlock` in a copy of the repository, but a line that only starts a recipe runs in this process: Node and the script
 * take longer to start than what most of them do.
 */
export async function runHere(project: string, text: string): Promise<string> {
  if (oneScript.test(text)) return runBlock(project, text)
  const outputs: string[] = []
  for (const line of text.trim().split('\n')) {
    outputs.push(plainLine.test(line) ? await runLine(project, line) : await runBlock(project, line))
  }
  return outputs.filter((output) => output !== '').join('\n')
}

async function runLine(project: string, line: string): Promise<string> {
  const { handled = '' } = plainLine.exec(line)?.groups ?? {}
  const words = line.slice('just '.length, line.length - handled.length).match(/"[^"]*"|[^ ]+/g) ?? []
  const args = words.map((word) => word.replace(/^"(.*)"$/, '$1'))
  const { all, code } = await command(args, { cwd: project, env: { NO_COLOR: '1' } })
  if (code !== 0 && handled === '') throw new Error(`exit ${code} of\n${line}\n${all}`)
  return `${all}${code === 0 ? '' : `\nexit ${code}`}`.replaceAll(`${project}/`, '')
}

/** Does to a file what a diff without line numbers says: its lines must stand there, once. */
export async function applyDiff(project: string, { about, text }: Block): Promise<void> {
  const lines = text.trimEnd().split('\n')
  const side = (other: string) =>
    lines.flatMap((line) => (line.startsWith(other) ? [] : [line.slice(1)])).join('\n')
  const file = join(project, about)
  const parts = (await readFile(file, 'utf8')).split(side('+'))
  if (parts.length !== 2)
    throw new Error(`${about} holds these lines ${parts.length - 1} times:\n${side('+')}`)
  await writeFile(file, parts.join(side('-')))
}

/** Writes a block to its path; a name that begins with `*` stands for the one file that ends like it. */
export async function writeBlock(project: string, { about, text }: Block): Promise<void> {
  const folder = join(project, dirname(about))
  const [ending, isPattern] = [basename(about).replace(/^\*/, ''), basename(about).startsWith('*')]
  const names = isPattern ? (await readdir(folder)).filter((file) => file.endsWith(ending)) : [ending]
  const [name, ...others] = names
  if (name === undefined || others.length > 0) throw new Error(`${about} is not one file`)
  await writeFile(join(folder, name), text)
}

/** Output without what differs from run to run: times, progress, ports, new ids, and the columns that their width moves. */
export function withoutAccidents(output: string): string {
  return output
    .replace(/(?<![0-9a-z])[0-9a-f]{12}(?![0-9a-z])/g, (id) => (id.includes('00000') ? id : '<id>'))
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\d{8}_\d{6}/g, '<time>')
    .replace(/\bjust now\b|(?:<|\b)\d+(?:\.\d+)? (?:ms|s|min)\b(?: ago)?/g, '<duration>')
    .replace(/\b(Alembic|SQLAlchemy|Python) \d[\w.]*/g, '$1 <version>')
    .replace(/^.* recorded: \d+ of \d+ .*\n/gm, '')
    .replace(/ {2,}/g, '  ')
    .replace(/(127\.0\.0\.1|port)([: ])\d+/g, '$1$2<port>')
    .trim()
}
