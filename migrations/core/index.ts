/** What `env.ts`, the revisions and the recipes import. */
export {
  environmentFile,
  nearest,
  readVariables,
  type TenantPlace,
  type TenantTargets,
} from './environment/index.ts'
export { interruptExitCode } from './errors.ts'
export * from './in-process.ts'
export { readApplied, readLastEntries } from './ledger/index.ts'
export { lineToReplace, lossText, revisionGraph } from './revisions/index.ts'
export * from './runner/index.ts'
export { toolVersion } from './tool-version.ts'
