import { readableSql } from '../../autogenerate/write/readable-sql.ts'
import { type Action, baseObject, idKey, kindWord, type ObjectId } from '../../difference/index.ts'
import { type FoundModels, literal } from './found-models.ts'

/** Where a project's own models get what they cannot say, from the folder of env.ts. */
export const neededModel = 'models/needed.sql'

/**
 * An SQL model of what other objects of a database depend on and models cannot say: without it they do not load.
 * @param actions what makes the database from nothing
 * @param silentOn the kinds that the models cannot say
 * @returns undefined where nothing is needed
 */
export function neededText(actions: readonly Action[], silentOn: readonly string[]): string | undefined {
  const isSilent = (action: Action) => {
    const id = subjectOf(action)
    return id !== undefined && silentOn.includes(kindWord(id))
  }
  const silent = actions.filter(isSilent)
  const needed = new Set(actions.filter((action) => !isSilent(action)).flatMap(needs))
  for (let before = -1; before !== needed.size; ) {
    before = needed.size
    for (const action of silent)
      if (makes(action).some((key) => needed.has(key))) for (const key of needs(action)) needed.add(key)
  }
  const isNeeded = (action: Action) => {
    const id = subjectOf(action)
    return (
      id !== undefined && action.produces.every(({ kind }) => !besides.has(kind)) && needed.has(idKey(id))
    )
  }
  const statements = actions.filter((action) => isSilent(action) && isNeeded(action))
  if (statements.length === 0) return undefined
  const head =
    '-- What the models refer to and cannot declare: here, so that they load. Kinds of silentOn are not compared; add here what they will refer to.'
  return `${[head, ...statements.map(({ sql }) => `${readableSql(sql)};`)].join('\n\n')}\n`
}

/** Models with that file beside them. */
export function withNeeded(models: FoundModels): FoundModels {
  const own = models.code.replace(/^\[|\]$/g, '')
  return { ...models, code: `[${own}, { path: ${literal(neededModel)}, silentOn }]` }
}

const besides = new Set(['acl', 'comment', 'securityLabel'])

/** The object that an action is about. */
function subjectOf({ produces, consumes }: Action): ObjectId | undefined {
  const id = produces[0] ?? consumes[0]
  return id === undefined ? undefined : baseObject(id)
}

function makes({ produces }: Action): readonly string[] {
  return produces.map((id) => idKey(baseObject(id)))
}

function needs({ needs: needed, consumes }: Action): readonly string[] {
  return [...needed, ...consumes].map((id) => idKey(baseObject(id)))
}
