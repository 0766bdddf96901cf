const longestName = 63

/**
 * A name with a suffix, the name cut where both would be longer than PostgreSQL keeps: NAMEDATALEN - 1 bytes (manual,
 * section 4.1.1).
 */
export function shortened(name: string, suffix: string): string {
  const bytes = Buffer.from(name)
  const room = longestName - Buffer.byteLength(suffix)
  if (bytes.length <= room) return `${name}${suffix}`
  const cut = bytes
    .subarray(0, room)
    .toString('utf8')
    .replace(/\uFFFD$/, '')
  return `${cut}${suffix}`
}
