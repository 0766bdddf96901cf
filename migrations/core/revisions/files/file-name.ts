import { randomBytes } from 'node:crypto'
import { MigError } from '../../errors.ts'
import { oneLineMessage } from './header-comment.ts'

export interface FileNameRequest {
  /** See `revisionFileName`. */
  readonly template?: string
  /** IANA time zone of the date. Default `UTC`. */
  readonly timeZone?: string
  /** Longest slug, in characters. Default 40. */
  readonly slugLength?: number
  readonly date: Date
  readonly revision: string
  readonly message: string
  readonly format: 'ts' | 'sql'
}

const standardTemplate = '{year}{month}{day}_{hour}{minute}{second}_{rev}_{slug}'

/**
 * The file name of a new revision. The template's placeholders: `{year}` (4 digits), `{month}`, `{day}`, `{hour}`,
 * `{minute}`, `{second}` (2 digits), `{epoch}` (seconds since 1970), `{rev}` and `{slug}`; it must hold `{rev}`.
 * Files are sorted by name, so a template should begin with the time.
 * @throws MigError `bad-file-template`, `bad-time-zone`, `invalid-name` when the name would lead to another folder
 */
export function revisionFileName(request: FileNameRequest): string {
  const { template = standardTemplate, timeZone = 'UTC', slugLength = 40, date, revision } = request
  const values: Readonly<Record<string, string>> = {
    ...dateParts(date, timeZone),
    epoch: String(Math.floor(date.getTime() / 1000)),
    rev: revision,
    slug: slugOf(request.message, slugLength),
  }
  if (!template.includes('{rev}')) throw badTemplate(template, 'it has no {rev}')
  if (/[/\\\0]/.test(template)) throw badTemplate(template, 'it contains a folder')
  const name = template.replace(/\{(\w*)\}/g, (placeholder, key: string) => {
    const value = values[key]
    if (value === undefined) throw badTemplate(template, `${placeholder} is unknown`)
    return value
  })
  // An id may come from another tool's file: it names no other folder, and no hidden file.
  if (/[/\\\0]/.test(name) || name.startsWith('.')) throw badName(revision, name)
  return `${name.replace(/(?<![_\-. ])[_\-. ]+$/, '')}.${request.format}`
}

/** The words of a message in small letters, joined by underscores and cut at a word; letters of any script stay. */
function slugOf(message: string, length: number): string {
  const words =
    oneLineMessage(message)
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const whole = words.join('_')
  if ([...whole].length <= length) return whole
  const cut = [...whole].slice(0, length).join('')
  const atWord = whole[cut.length] === '_' ? cut : cut.slice(0, Math.max(cut.lastIndexOf('_'), 0))
  return atWord === '' ? cut : atWord
}

function dateParts(date: Date, timeZone: string): Record<string, string> {
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    return Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]))
  } catch (cause) {
    throw new MigError('bad-time-zone', `'${timeZone}' is not a time zone`, {
      help: 'set timeZone in env.ts to an IANA name such as Europe/Berlin',
      cause,
    })
  }
}

function badName(revision: string, name: string): MigError {
  return new MigError('invalid-name', `revision id '${revision}' makes '${name}', which is not a file name`, {
    help: 'use letters, digits and underscores for the id',
  })
}

function badTemplate(template: string, why: string): MigError {
  return new MigError('bad-file-template', `fileTemplate '${template}' cannot be used: ${why}`, {
    help: `the default is ${standardTemplate}`,
  })
}

/** A new revision id: 12 hexadecimal digits, from the system's random numbers. */
export function newRevisionId(): string {
  return randomBytes(6).toString('hex')
}
