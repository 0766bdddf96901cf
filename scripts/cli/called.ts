/**
 * A text with its commands as the user has called this one: where that was the package's own program, it says so in
 * JUST_MIG_CALLED, and the recipes have shorter names.
 */
export function asCalled(text: string, variables: NodeJS.ProcessEnv = process.env): string {
  const caller = variables.JUST_MIG_CALLED
  if (caller === undefined) return text
  return text
    .replaceAll('node scripts/launch.mjs', caller)
    .replace(
      /\bjust (?:mig-([a-z][\w-]*)|(db-[a-z]+))/g,
      (_, mig?: string, db?: string) => `${caller} ${mig ?? db}`,
    )
}
