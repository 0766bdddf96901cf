import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CommandSpec } from '../cli/arguments.ts'
import { flagGroups, flagUsage, usageOf } from '../cli/help-text.ts'
import { code, generatedFrom, table } from './markdown.ts'

/** The specs of all commands, by their names. */
export async function commandSpecs(root: string): Promise<ReadonlyMap<string, CommandSpec>> {
  const names = readdirSync(join(root, 'scripts')).filter(
    (name) => name.endsWith('.ts') && name !== 'help.ts',
  )
  const specs = await Promise.all(
    names.map(async (name) => {
      const { spec }: { readonly spec: CommandSpec } = await import(
        pathToFileURL(join(root, 'scripts', name)).href
      )
      return [spec.name, spec] as const
    }),
  )
  return new Map(specs)
}

/** The commands of each group, in the order of the justfile. */
function groupsOf(justfile: string): ReadonlyMap<string, readonly string[]> {
  const recipes = [...justfile.matchAll(/^\[group\('(.*)'\)\]\n([\w-]+)/gm)]
  const groups = [...new Set(recipes.map(([, group = '']) => group))]
  return new Map(
    groups.map((group) => [group, recipes.flatMap(([, of, name = '']) => (of === group ? [name] : []))]),
  )
}

/** The page of commands, from their specs. */
export function commandsPage(root: string, specs: ReadonlyMap<string, CommandSpec>): string {
  const groups = [
    ...groupsOf(readFileSync(join(root, 'justfile'), 'utf8')),
    ['containers', ['run-migrations']],
  ] as const
  const [first] = specs.values()
  const common = first === undefined ? [] : flagGroups(first).filter(({ title }) => title === 'Every command')
  const sections = groups.map(([group, names]) => {
    const own = names.flatMap((name) => specs.get(name) ?? []).map(section)
    return `## ${group.charAt(0).toUpperCase()}${group.slice(1)}\n\n${own.join('\n\n')}`
  })
  return `# Commands

${generatedFrom('the specs of the commands')}

These are recipes of \`just\`; each has \`--help\`. In a project with the package, \`npx just-mig upgrade\` is \`just mig-upgrade\`.
Flags may come before or after the arguments. See also [targets and schemas](targets.md#targets-and-the-schema-filter) and
[exit codes](exit-codes.md).

${flagTables(common)}

${sections.join('\n\n')}
`
}

function section(spec: CommandSpec): string {
  const args = Object.entries(spec.positionals).map(([name, { help, default: fallback }]) => [
    code(name),
    fallback === undefined ? 'must be given' : fallback === '' ? '' : code(fallback),
    help,
  ])
  const groups = flagGroups(spec).filter(({ title }) => title !== 'Every command')
  return [
    `### ${spec.name}`,
    `    ${usageOf(spec)} [flags]`,
    spec.summary,
    ...(args.length === 0 ? [] : [table(['argument', 'default', 'meaning'], args)]),
    ...(groups.length === 0 ? [] : [flagTables(groups)]),
    `Examples:\n\n${spec.examples.map((example) => `    ${example}`).join('\n')}`,
  ].join('\n\n')
}

function flagTables(groups: ReturnType<typeof flagGroups>): string {
  return groups
    .map(({ title, flags }) =>
      table(
        [title.toLowerCase(), 'meaning'],
        flags.map(([name, flag]) => [code(flagUsage(name, flag)), flag.help]),
      ),
    )
    .join('\n\n')
}
