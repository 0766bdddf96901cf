export { type LoadOptions, loadModels } from './load.ts'
export type { ModelFile, ModelStatement } from './model.ts'
export { warnOfPassedOver } from './passed-over.ts'
export { hasModels, modelKeys, modelsKey, type ReadModels, readModels } from './read.ts'
