import { quoteIdent } from '../../../postgres/quote.ts'
import type { Call, Value } from '../../python/values.ts'
import { argumentsOf, Unconverted, unknownValue } from '../reading.ts'
import type { Operation } from './operation.ts'

/** An object that is written as SQL: a function, view, trigger (alembic_utils, `ReplaceableEntity`). */
interface Entity {
  /** A drop does without the definition, so that only this asks for it. */
  create(): string
  drop(): string
  /** How it becomes another one of its name; undefined where that is a drop and a create. */
  replace?(): string
}

const known = ['on_entity', 'is_constraint', 'with_data', 'permit_parallel_plan_cache']

/** @throws Unconverted for a kind of object that is not known, or a definition that Python computes. */
function entityOf(value: Value | undefined, cascade: boolean): Entity {
  if (value?.kind !== 'call')
    throw value === undefined ? new Unconverted('no entity', 0) : unknownValue(value)
  const kind = /^alembic_utils\.(?:\w+\.)*(PG\w+)$/.exec(value.path)?.[1]
  const given = argumentsOf(value, ['schema', 'signature', 'definition'], known)
  const schema = quoteIdent(given.text('schema'))
  const signature = given.text('signature').trim()
  const definition = () => given.text('definition').trim().replace(/;\s*$/, '')
  const end = cascade ? ' CASCADE' : ''
  const name = `${schema}.${nameOf(signature)}`
  switch (kind) {
    case 'PGFunction':
    case 'PGProcedure': {
      const word = kind === 'PGFunction' ? 'FUNCTION' : 'PROCEDURE'
      const [argumentsText = '()'] = /\(.*$/s.exec(signature) ?? []
      return {
        create: () => `CREATE ${word} ${name}${argumentsText} ${definition()}`,
        drop: () => `DROP ${word} ${name}${withoutDefaults(argumentsText, value)}${end}`,
        replace: () => `CREATE OR REPLACE ${word} ${name}${argumentsText} ${definition()}`,
      }
    }
    case 'PGView':
      return {
        create: () => `CREATE VIEW ${name} AS ${definition()}`,
        drop: () => `DROP VIEW ${name}${end}`,
      }
    case 'PGMaterializedView': {
      const data = given.flag('with_data') === false ? 'NO ' : ''
      return {
        create: () => `CREATE MATERIALIZED VIEW ${name} AS ${definition()} WITH ${data}DATA`,
        drop: () => `DROP MATERIALIZED VIEW ${name}${end}`,
      }
    }
    case 'PGTrigger': {
      const constraint = given.flag('is_constraint') ? 'CONSTRAINT ' : ''
      return {
        create: () => `CREATE ${constraint}TRIGGER ${nameOf(signature)} ${definition()}`,
        drop: () => `DROP TRIGGER ${nameOf(signature)} ON ${onEntity(given.text('on_entity'), schema)}${end}`,
      }
    }
    case 'PGPolicy': {
      const on = onEntity(given.text('on_entity'), schema)
      return {
        create: () => `CREATE POLICY ${nameOf(signature)} ON ${on} ${definition()}`,
        drop: () => `DROP POLICY ${nameOf(signature)} ON ${on}${end}`,
      }
    }
    case 'PGExtension':
      return {
        create: () => `CREATE EXTENSION ${nameOf(signature)} WITH SCHEMA ${schema}`,
        drop: () => `DROP EXTENSION ${nameOf(signature)}${end}`,
      }
    default:
      throw unknownValue(value)
  }
}

/** The name before the arguments, quoted. */
function nameOf(signature: string): string {
  const name = signature.replace(/\s*\(.*$/s, '')
  return /^".*"$/.test(name) ? name : quoteIdent(name)
}

function onEntity(text: string, schema: string): string {
  return text.includes('.') ? text : `${schema}.${nameOf(text)}`
}

/** DROP names a function by its arguments, without what they are when left out. */
function withoutDefaults(argumentsText: string, { line }: Call): string {
  if (/['"$]/.test(argumentsText)) throw new Unconverted('arguments of a function with quotes in them', line)
  return argumentsText.replace(/\s+(DEFAULT\s|=)[^,)]*(\([^)]*\))?/gi, '')
}

function entityOperation(act: (entity: Entity) => readonly string[]): Operation {
  return (call) => {
    const given = argumentsOf(call, ['entity'], ['target', 'cascade'])
    return act(entityOf(given.given('entity') ?? given.given('target'), given.flag('cascade') ?? false))
  }
}

export const createEntity = entityOperation((entity) => [entity.create()])
export const dropEntity = entityOperation((entity) => [entity.drop()])
export const replaceEntity = entityOperation((entity) =>
  entity.replace === undefined ? [entity.drop(), entity.create()] : [entity.replace()],
)
