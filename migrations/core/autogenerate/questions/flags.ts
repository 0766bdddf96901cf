import { shellWord } from '../../environment/index.ts'

/** `--using app.t.c="c AT TIME ZONE 'UTC'"`, as a shell takes it; without an expression, with a place for one. */
export function usingFlag(column: string, expression?: string): string {
  if (expression === undefined) return `--using ${shellWord(column)}='<expression>'`
  // What a shell reads between double quotes (POSIX 2.2.3).
  if (/["$`\\!]/.test(expression)) return `--using ${shellWord(`${column}=${expression}`)}`
  return `--using ${shellWord(column)}="${expression}"`
}

/** `--recreate app.t.c`, as a shell takes it. */
export function recreateFlag(name: string): string {
  return `--recreate ${shellWord(name)}`
}
