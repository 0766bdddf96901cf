import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MigError } from '../../errors.ts'

/** A file to write: a new one, or the whole text of one that gets lines at its end. */
export interface RecipeFile {
  readonly path: string
  readonly text: string
  readonly appends: boolean
}

/** How a project runs the commands of the package. */
const packageCommand = `'npx --no-install just-mig'`

/**
 * The package's recipes for another project: without settings and a default recipe, which would be the whole
 * justfile's, and with variables that are not likely to be taken.
 * @param justfile the package's own justfile
 */
export function importableRecipes(justfile: string): string {
  return justfile
    .replace(/^# .*\n/, '# PostgreSQL migrations by just-mig; each recipe has --help.\n')
    .replace(/^set .*\n/gm, '')
    .replace(/^# List the recipes\n\[private\]\ndefault:\n(?: .*\n)+\n?/m, '')
    .replace(/^mig := .*$/m, `mig_command := ${packageCommand}`)
    .replaceAll('{{ mig }}', '{{ mig_command }}')
    .replace(/^(?=\[group)/gm, '[no-exit-message]\n[positional-arguments]\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimStart()
}

/**
 * What makes the recipes reachable: a justfile where there is none, else one `import` line at the end of theirs.
 * @throws MigError `recipe-exists` when theirs has recipes of the same names.
 */
export function recipeFiles(root: string, dir: string, recipes: string): readonly RecipeFile[] {
  const imported = { path: join(root, dir, 'mig.just'), text: recipes, appends: false }
  const line = `import '${dir}/mig.just'\n`
  const theirs = existingJustfile(root)
  if (theirs === undefined) {
    const text = `# List the recipes\n[private]\ndefault:\n    @{{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --list --unsorted\n\n${line}`
    return [imported, { path: join(root, 'justfile'), text, appends: false }]
  }
  const text = readFileSync(theirs, 'utf8')
  if (text.includes(line.trim())) return [imported]
  const taken = namesOf(recipes).filter((name) => namesOf(text).includes(name))
  if (taken.length > 0) {
    throw new MigError('recipe-exists', `${theirs} has recipes of the same names: ${taken.join(', ')}`, {
      help: 'rename them, or run the commands as npx just-mig; nothing was written',
      place: { file: theirs },
      facts: { recipes: taken },
    })
  }
  const gap = text.endsWith('\n') || text === '' ? '\n' : '\n\n'
  return [imported, { path: theirs, text: `${text}${gap}${line}`, appends: true }]
}

/** just looks for these names, whatever their case (just manual, "Quick Start"). */
function existingJustfile(root: string): string | undefined {
  if (!existsSync(root)) return undefined
  const name = readdirSync(root).find((entry) => /^\.?justfile$/i.test(entry))
  return name === undefined ? undefined : join(root, name)
}

function namesOf(justfile: string): readonly string[] {
  return [...justfile.matchAll(/^@?([A-Za-z_][\w-]*)(?: [^:\n]*)?:(?!=)/gm)].flatMap(
    (match) => match[1] ?? [],
  )
}
