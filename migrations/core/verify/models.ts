import type { ClientBase } from 'pg'
import { loadFiles } from '../autogenerate/wanted/wanted.ts'
import { type ComparedObjects, changeText, managedGlobals } from '../difference/index.ts'
import { changesBetween } from '../scratch/changes.ts'
import { filteredSchemas } from '../scratch/lines.ts'
import { observe, type State } from '../scratch/state.ts'
import { type EnumLabels, hasModels, readEnumLabels } from '../sources/index.ts'
import { onEmptyScratch, onScratch, type VerifyContext } from './context.ts'
import { counted, type Found } from './result.ts'

/** What the lines of the filter look like in a database. */
function observed({ models }: VerifyContext, client: ClientBase): Promise<State> {
  return observe(client, { ...models, schemas: filteredSchemas(models) })
}

/** Empty → head on every line, and the result is what the models say. */
export async function checkFresh(context: VerifyContext): Promise<readonly Found[]> {
  const { models } = context
  return onScratch(context, async (session) => {
    const { steps } = await session.run({ direction: 'upgrade', target: 'heads' })
    const labels = await readEnumLabels(session.client, Object.values(context.project.env.schemas))
    const wanted = (await hasModels(models.models)) ? await modelState(context, labels) : undefined
    const applied = `${counted(steps, 'revision')} applied to an empty database`
    if (wanted === undefined)
      return [{ status: 'ok', message: `${applied}; there are no models to compare with` }]
    await models.surroundings?.ofWanted(session.client, wanted.catalog)
    const made = await observed(context, session.client)
    const schemas = filteredSchemas(models)
    const globals = managedGlobals(made.catalog, wanted.catalog, schemas)
    const scope: ComparedObjects = {
      schemas,
      excludes: models.excludes,
      globals,
      privileges: models.privileges,
    }
    const changes = changesBetween(made, wanted, scope)
    if (changes.length === 0) return [{ status: 'ok', message: `${applied}; equal to the models` }]
    return models.lines.flatMap(({ key, schema }): readonly Found[] => {
      const own = changes.filter((change) => (change.schema ?? schemas[0]) === schema)
      if (own.length === 0) return []
      return [
        {
          status: 'failed',
          line: key,
          message: `the models differ from the revisions:\n${own.map(changeText).join('\n')}`,
          help: `just mig-autogen "…" ${key}`,
        },
      ]
    })
  })
}

function modelState(context: VerifyContext, labels: EnumLabels): Promise<State> {
  return onEmptyScratch(context, async ({ client }) => {
    const { enumLabels, ...models } = context.models
    const ordered = enumLabels === undefined ? models : { ...models, enumLabels: async () => labels }
    const { files } = await context.readModels()
    await loadFiles(client, files, ordered)
    return observed(context, client)
  })
}
