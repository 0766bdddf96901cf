import manifest from '../../../package.json' with { type: 'json' }

/** The version that the log records with each step. */
export const toolVersion: string = manifest.version
