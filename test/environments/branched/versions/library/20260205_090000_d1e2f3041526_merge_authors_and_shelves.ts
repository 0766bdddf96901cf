/**
 * merge authors and shelves
 *
 * Revision: d1e2f3041526
 * Revises: b2d3e4f50617, c1d2e3f40516
 * Created: 2026-02-05T09:00:00Z
 */
export const revision = 'd1e2f3041526'
export const downRevision = ['b2d3e4f50617', 'c1d2e3f40516']
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(): Promise<void> {}

export async function downgrade(): Promise<void> {}
