/** Whether a name is one that this tool gives to the roles of its scratch databases. */
export function isScratchRole(name: string): boolean {
  return /^mig_role_\d+_[0-9a-f]{8}(?:_|$)/i.test(name)
}
