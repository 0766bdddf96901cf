import { withScratchDatabase } from '../postgres/scratch.ts'
import { filteredSchemas, type ModelInput } from './input.ts'
import { loadModels, readModelFiles } from './models/index.ts'
import { observe, type State } from './state.ts'

/**
 * The wanted state: the models of all lines, loaded into a scratch database, since they may refer to each
 * other; the filter limits what is compared.
 * @throws MigError what `readModelFiles` and `loadModels` throw; `no-scratch`
 */
export async function wantedState(input: ModelInput): Promise<State> {
  const files = await readModelFiles(input.modelsDir, input.cacheDir)
  return withScratchDatabase(scratchOptions(input), async ({ client }) => {
    await loadModels(client, files, {
      schemas: Object.fromEntries(input.lines.map((line) => [line.key, line.schema])),
      tenantKeys: input.lines.filter((line) => line.tenant).map((line) => line.key),
      privileges: input.privileges,
    })
    return observe(client, { ...input, schemas: filteredSchemas(input) })
  })
}

/** How this input makes its scratch databases. */
export function scratchOptions(
  { scratchUrl, emit, signal }: Pick<ModelInput, 'scratchUrl' | 'emit' | 'signal'>,
  template?: string,
): Parameters<typeof withScratchDatabase>[0] {
  return {
    adminUrl: scratchUrl,
    ...(emit === undefined ? {} : { emit }),
    ...(signal === undefined ? {} : { signal }),
    ...(template === undefined ? {} : { template }),
  }
}
