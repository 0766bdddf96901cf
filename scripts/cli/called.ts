/**
 * Commands in a text as the user has called this one: the recipes go by other names where it was not `just` that called, which
 * the package's own program says in a variable.
 */
export function asCalled(text: string, variables: NodeJS.ProcessEnv = process.env): string {
  const caller = variables.JUST_MIG_CALLED
  if (caller === undefined) return text
  return text.replace(
    /\bjust (?:mig-([a-z][\w-]*)|(db-[a-z]+))/g,
    (_, mig?: string, db?: string) => `${caller} ${mig ?? db}`,
  )
}
