export { sharedFolder } from './cache-folder.ts'
export { parseDuration } from './duration.ts'
export type { ExcludableObject } from './excludable-kinds.ts'
export {
  type Excludes,
  excludedObjects,
  excludedTables,
  excludesAny,
  exclusionsKey,
  fingerprintExcludes,
  listed,
  tenantExcludes,
  tenantExclusion,
} from './excluded.ts'
export {
  type DatabaseSource,
  type Environment,
  environmentFile,
  type LoadOptions,
  loadEnvironment,
  readVariables,
} from './load.ts'
export { compileTogether, type Described, loadDescriptions, loadModule } from './load-module.ts'
export { mikroOrm, prisma, sequelize, typeorm, unknownToOrms } from './model-presets.ts'
export type { BuiltModels, ModelProgram, PrintedModels } from './model-programs.ts'
export type {
  DrizzleCasing,
  KeyedSource,
  ModelsPlace,
  ModelsSetting,
} from './models-setting.ts'
export { areUnchanged, changedSince, type Inputs, mergedInputs, seenInputs } from './modules/inputs.ts'
export { forgetOldest, keepValue, keptValue, noteUse } from './modules/kept-file.ts'
export { manifestOf } from './modules/packages-outside.ts'
export { resolveModule } from './modules/resolve-module.ts'
export { connects, type Stopped } from './modules/watch.ts'
export { nearest, nearestFew } from './nearest.ts'
export type {
  AppliedStep,
  EnvironmentOptions,
  RetryOptions,
  RewriteInput,
  StatementSection,
} from './options.ts'
export { programFolder } from './program-file.ts'
export { type RoleSetting, roleOf } from './role.ts'
export type { Line } from './schema-map.ts'
export type { Variables } from './set-variable.ts'
export { shellWord } from './shell-word.ts'
export { isOfKinds, silentOf } from './silent-kinds.ts'
export {
  type TargetSchema,
  type TenantPlace,
  type TenantSource,
  tenants,
} from './tenant-source.ts'
export { type TenantSelection, type TenantTargets, waysToName } from './tenant-targets.ts'
