import manifest from '../../package.json' with { type: 'json' }

/** The version of just-mig: the log records it with each step, and what is kept for later goes by it. */
export const toolVersion: string = manifest.version
