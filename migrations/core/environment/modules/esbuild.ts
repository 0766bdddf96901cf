import { MigError } from '../../errors.ts'

/**
 * Uses esbuild, whose program is an optional package for each platform.
 * @throws MigError `no-esbuild` where that package is not installed; else what `use` throws
 */
export async function usingEsbuild<Result>(
  use: (esbuild: typeof import('esbuild')) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(await import('esbuild'))
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : ''
    const [, name] = /^The package "(@esbuild\/[\w-]+)" could not be found/.exec(text) ?? []
    if (name === undefined) throw cause
    throw new MigError('no-esbuild', `the npm package ${name} is not installed, which loads TypeScript`, {
      help: 'install with optional dependencies (npm ci --include=optional), on the platform where it runs',
      facts: { package: name },
      cause,
    })
  }
}
