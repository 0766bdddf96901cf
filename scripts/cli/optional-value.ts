/**
 * Lets a flag stand without its value, which `parseArgs` does not know: `--changed` becomes `--changed=`, and
 * `--changed main` `--changed=main`.
 */
export function optionalValue(argv: readonly string[], name: string): string[] {
  const at = argv.indexOf(`--${name}`)
  if (at === -1) return [...argv]
  const next = argv[at + 1]
  const hasValue = next !== undefined && next !== '' && !next.startsWith('-')
  return [...argv.slice(0, at), `--${name}=${hasValue ? next : ''}`, ...argv.slice(at + (hasValue ? 2 : 1))]
}
