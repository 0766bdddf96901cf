export { parseDuration } from './duration.ts'
export {
  type Excludes,
  excludedObjects,
  excludedTables,
  exclusionsKey,
  fingerprintExcludes,
} from './excluded.ts'
export {
  type DatabaseSource,
  type Environment,
  type LoadOptions,
  loadEnvironment,
  readVariables,
} from './load.ts'
export { loadModule } from './load-module.ts'
export { nearest, nearestFew } from './nearest.ts'
export type {
  AppliedStep,
  EnvironmentOptions,
  ExcludableObject,
  RetryOptions,
  RewriteInput,
  StatementSection,
  TenantPlace,
  TenantSource,
} from './options.ts'
export { type RoleSetting, roleOf } from './role.ts'
export type { Line, Variables } from './schema-map.ts'
export { shellWord } from './shell-word.ts'
export { ambiguousTenant, type SelectedTenants, selectTenants, type TenantTargets } from './tenant-targets.ts'
export { listTenants, sourceTakes, type Tenant, tenants, whyNoTenant } from './tenants.ts'
