import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Starts the script that Node was given itself, as in `node scripts/mig-upgrade.ts`: it exports what the launchers call,
 * and would end with exit code 0 and nothing done. Under a launcher the launcher is what Node was given.
 */
async function startDirectly([, file = '', ...argv]: readonly string[]): Promise<void> {
  if (!/[\\/]scripts[\\/][\w-]+\.ts$/.test(file)) return
  const script: { readonly main: (argv: readonly string[], root: string) => Promise<void> } = await import(
    pathToFileURL(file).href
  )
  await script.main(argv, join(dirname(file), '..'))
}

void startDirectly(process.argv)
