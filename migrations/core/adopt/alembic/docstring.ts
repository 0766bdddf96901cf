/** The docstring of a revision file up to Alembic's own lines, on one line. */
export function messageOf(docstring: string): string {
  const [text = ''] = docstring.split(/^\s*(?:Revision ID|Revises|Create Date):/m)
  const [firstParagraph = ''] = text.trim().split(/\n\s*\n/)
  return firstParagraph.replace(/\s+/g, ' ').trim()
}

/** `Create Date: 2024-01-31 12:00:00.123456` as ISO 8601; a time without a zone counts as UTC. */
export function createdAt(docstring: string): string | undefined {
  const found =
    /^\s*Create Date:\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?/m.exec(
      docstring,
    )
  if (found === null) return undefined
  const [, day, time = '00:00:00', zone = 'Z'] = found
  const at = new Date(
    `${day}T${time}${/^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`,
  )
  return Number.isNaN(at.getTime()) ? undefined : `${at.toISOString().slice(0, 19)}Z`
}
