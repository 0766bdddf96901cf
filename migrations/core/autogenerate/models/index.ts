export { type ModelFile, type ModelStatement, modelPaths, readModelFiles } from './files.ts'
export { type LoadOptions, loadModels } from './load.ts'
export { warnOfPassedOver } from './passed-over.ts'
