import { words } from '../directive.ts'

export interface SequenceOptions {
  readonly start?: number | bigint
  readonly increment?: number | bigint
  readonly minValue?: number | bigint
  readonly maxValue?: number | bigint
  readonly cache?: number
  readonly cycle?: boolean
}

/** The option words of CREATE SEQUENCE, ALTER SEQUENCE and of an identity. */
export function sequenceOptionWords(options: SequenceOptions): readonly string[] {
  return [
    options.increment === undefined ? '' : `INCREMENT BY ${options.increment}`,
    options.minValue === undefined ? '' : `MINVALUE ${options.minValue}`,
    options.maxValue === undefined ? '' : `MAXVALUE ${options.maxValue}`,
    options.start === undefined ? '' : `START WITH ${options.start}`,
    options.cache === undefined ? '' : `CACHE ${options.cache}`,
    options.cycle === undefined ? '' : options.cycle ? 'CYCLE' : 'NO CYCLE',
  ].filter((word) => word !== '')
}

/** GENERATED … AS IDENTITY, alone or with the options of its sequence. */
export type Identity =
  | 'always'
  | 'by default'
  | ({ readonly generated: 'always' | 'by default' } & SequenceOptions)

/** When an identity's value may be overridden. */
export function identityKind(identity: Identity): 'ALWAYS' | 'BY DEFAULT' {
  const generated = typeof identity === 'string' ? identity : identity.generated
  return generated === 'always' ? 'ALWAYS' : 'BY DEFAULT'
}

export function identitySql(identity: Identity): string {
  const options = typeof identity === 'string' ? [] : sequenceOptionWords(identity)
  return words(
    `GENERATED ${identityKind(identity)} AS IDENTITY`,
    options.length > 0 && `(${options.join(' ')})`,
  )
}
