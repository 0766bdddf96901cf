/** How long a name may be, in bytes (NAMEDATALEN - 1). */
const longest = 63

/** Two names that PostgreSQL cuts to the same one, of which the statement has one; undefined where there are none. */
export function cutTogether(sql: string, all: readonly string[]): readonly [string, string] | undefined {
  const known = all.flatMap(longNames)
  for (const name of longNames(sql)) {
    const other = known.find((each) => each !== name && cutName(each) === cutName(name))
    if (other !== undefined) return known.indexOf(name) < known.indexOf(other) ? [name, other] : [other, name]
  }
  return undefined
}

function longNames(sql: string): readonly string[] {
  return [...sql.matchAll(/"((?:[^"]|"")+)"|[\w$]+/g)].flatMap(([word, quoted]) => {
    const name = quoted ?? word
    return Buffer.byteLength(name) > longest ? [name] : []
  })
}

function cutName(name: string): string {
  return Buffer.from(name).subarray(0, longest).toString('utf8')
}
