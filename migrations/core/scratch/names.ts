import type { Client, CustomTypesConfig } from 'pg'

/** Names of the server's roles, and of those that stand for them on scratch databases. */
export interface StandIns {
  /** The role that owns the scratch databases; it stands for the user that makes them. */
  readonly own: string
  /** The user that makes scratch databases. */
  readonly maker: string
  /** Name on a scratch database → the role that it stands for. */
  readonly names: Map<string, string>
}

/** The name of the role that stands for another one. What does not fit into a name goes by a number. */
export function standInName({ own, maker, names }: StandIns, role: string): string {
  if (role === maker) return own
  for (const [name, known] of names) if (known === role) return name
  const fits = /^[\w $.-]+$/.test(role) && Buffer.byteLength(`${own}_${role}`) < 64
  const name = fits ? `${own}_${role}` : `${own}_${names.size}`
  names.set(name, role)
  return name
}

/** A text of the server with roles that stand for others under the names of those. */
export function namingRoles({ own, maker, names }: StandIns, text: string): string {
  if (!text.includes(own)) return text
  const longestFirst = [...names].toSorted(([one], [other]) => other.length - one.length)
  return longestFirst
    .reduce((out, [name, role]) => out.replaceAll(name, () => role), text)
    .replaceAll(own, () => maker)
}

/**
 * Readers of values that name roles as {@link namingRoles} does.
 * @param types the readers of a query, or the driver's
 */
export function typesNamingRoles(
  types: Pick<Client, 'getTypeParser'> | CustomTypesConfig,
  standIns: StandIns,
): CustomTypesConfig {
  const getTypeParser = (oid: number, format?: 'text' | 'binary') => {
    if (format === 'binary') return types.getTypeParser(oid, format)
    const parse = types.getTypeParser(oid, 'text')
    return (value: string) => parse(namingRoles(standIns, value))
  }
  // The driver's own type is an overload for each format.
  return { getTypeParser: getTypeParser as CustomTypesConfig['getTypeParser'] }
}
