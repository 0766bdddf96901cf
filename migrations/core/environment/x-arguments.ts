import { MigError } from '../errors.ts'
import { nearest } from './nearest.ts'
import { namedTenants, noTargets, type TenantTargets, withTargets } from './tenant-targets.ts'

export type XType = 'string' | 'number' | 'boolean'
export type XValues = Readonly<Record<string, string | number | boolean | undefined>>

/** The keys that the tool itself reads. */
const ownKeys = [
  'upgrade_all_tenants',
  'schemas',
  'tenant_range_start',
  'tenant_range_end',
  'create_schema',
  'continue',
] as const
type OwnKey = (typeof ownKeys)[number]

export interface XArguments {
  readonly targets: TenantTargets
  readonly x: XValues
  readonly goOn: boolean
}

/**
 * Reads `-x key=value` arguments, as Alembic has them. A boolean key alone means true.
 * @param declared the environment's own keys and their types
 * @throws MigError `unknown-x` with the nearest key, `bad-x` for a value of the wrong type or a key that is given
 *   twice, `tenant-targets` when they name the tenants in two ways.
 */
export function readXArguments(
  given: readonly string[],
  declared: Readonly<Record<string, XType>>,
): XArguments {
  const own = new Map<OwnKey, string>()
  const x: Record<string, string | number | boolean> = {}
  const seen = new Set<string>()
  for (const text of given) {
    const [, key = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? []
    if (seen.has(key)) throw badX(key, 'is given twice', 'give it once')
    seen.add(key)
    const reserved = ownKeys.find((name) => name === key)
    const type = declared[key]
    if (reserved !== undefined) own.set(reserved, value ?? 'true')
    else if (type !== undefined) x[key] = typed(key, type, value)
    else throw unknownX(key, Object.keys(declared))
  }
  const flag = (key: OwnKey) => own.has(key) && truth(key, own.get(key) ?? '')
  const number = (key: OwnKey) => (own.has(key) ? wholeNumber(key, own.get(key) ?? '') : undefined)
  const [start, end] = [number('tenant_range_start'), number('tenant_range_end')]
  const names = own.get('schemas')
  let targets: TenantTargets = { ...noTargets, createSchema: flag('create_schema') }
  if (flag('upgrade_all_tenants')) targets = withTargets(targets, { kind: 'all' })
  if (names !== undefined) targets = withTargets(targets, namedTenants(names, '-x schemas'))
  if (start !== undefined || end !== undefined)
    targets = withTargets(targets, { kind: 'range', start: start ?? 0, end: end ?? null })
  return { targets, x, goOn: flag('continue') }
}

/**
 * Checks the environment's own keys.
 * @throws MigError `bad-setting` for a key that the tool reads itself, or a type that is none.
 */
export function checkDeclaredX(declared: Readonly<Record<string, unknown>>, file: string): void {
  for (const [key, type] of Object.entries(declared)) {
    if (type !== 'string' && type !== 'number' && type !== 'boolean') {
      throw new MigError(
        'bad-setting',
        `setting "x.${key}" in ${file} is not a type: ${JSON.stringify(type)}`,
        { help: "write 'string', 'number' or 'boolean'", place: { file } },
      )
    }
    if (ownKeys.some((own) => own === key)) {
      throw new MigError('bad-setting', `setting "x.${key}" in ${file} is a reserved key`, {
        help: `choose another name; reserved: ${ownKeys.join(', ')}`,
        place: { file },
      })
    }
  }
}

function typed(key: string, type: XType, value: string | undefined): string | number | boolean {
  if (type === 'boolean') return truth(key, value ?? 'true')
  if (value === undefined) throw badX(key, 'has no value', `write -x ${key}=…`)
  if (type === 'string') return value
  const number = Number(value)
  if (value.trim() !== '' && Number.isFinite(number)) return number
  throw badX(key, `is not a number: ${JSON.stringify(value)}`, `write -x ${key}=10`)
}

function truth(key: string, value: string): boolean {
  if (/^(true|yes|on|1)$/i.test(value)) return true
  if (/^(false|no|off|0)$/i.test(value)) return false
  throw badX(key, `is neither true nor false: ${JSON.stringify(value)}`, `write -x ${key}=true`)
}

function wholeNumber(key: string, value: string): number {
  if (/^\d+$/.test(value)) return Number(value)
  throw badX(key, `is not a count of 0 or more: ${JSON.stringify(value)}`, `write -x ${key}=100`)
}

function badX(key: string, what: string, help: string): MigError {
  return new MigError('bad-x', `-x ${key} ${what}`, { help })
}

function unknownX(key: string, declared: readonly string[]): MigError {
  const known = [...ownKeys, ...declared]
  const guess = nearest(key, known)
  return new MigError('unknown-x', `-x ${key} is an unknown key`, {
    help:
      guess === undefined
        ? `the keys are ${known.join(', ')}; declare your own in env.ts: x: { ${/^\w+$/.test(key) ? key : 'my_key'}: 'string' }`
        : `did you mean -x ${guess}=…?`,
    facts: { key, known },
  })
}
