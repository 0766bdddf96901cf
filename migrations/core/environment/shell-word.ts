/** A name as one word of a command to type, quoted for the shell where it has to be. */
export function shellWord(name: string): string {
  if (/^[\w@%+=:,./-]+$/.test(name)) return name
  return `'${name.replaceAll("'", `'\\''`)}'`
}
