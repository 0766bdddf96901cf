import type { ErrorPlace } from '../errors.ts'
import { visible } from './printable.ts'

export interface CiAnnotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly title: string
  readonly message: string
  /** Relative to the repository. */
  readonly file?: string
  /** 1-based. */
  readonly line?: number
}

/** An annotation as a workflow command of GitHub Actions: one line, whatever the message holds. */
export function githubAnnotation({ level, title, message, file, line }: CiAnnotation): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${property(file)}`]),
    ...(file === undefined || line === undefined ? [] : [`line=${line}`]),
    `title=${property(title)}`,
  ]
  return `::${level} ${properties.join(',')}::${data(message)}`
}

/** The escapes of the workflow runner (actions/toolkit, command.ts). */
function data(value: string): string {
  return visible(value).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(value: string): string {
  return data(value).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** Where an annotation is. @param shown a path as GitHub knows it */
export function placeOf(
  place: ErrorPlace | undefined,
  shown: (path: string) => string,
): Pick<CiAnnotation, 'file' | 'line'> {
  return {
    ...(place?.file === undefined ? {} : { file: shown(place.file) }),
    ...(place?.line === undefined ? {} : { line: place.line }),
  }
}
