import { MigError, type MigEvent, nearest } from '../../migrations/core/index.ts'
import {
  escapedSql,
  messageWithoutValues,
  renderCaret,
  withheldValues,
  withoutLiterals,
} from '../../migrations/core/postgres/index.ts'
import {
  type CiAnnotation,
  colourStyle,
  type ErrorValues,
  type EventLevel,
  errorLine,
  errorText,
  eventText,
  githubAnnotation,
  jsonLine,
  levels,
  nextProgress,
  noProgress,
  plainStyle,
  printable,
  progressLine,
  type ResultLine,
  type Style,
} from '../../migrations/core/report/index.ts'
import { asCalled } from './called.ts'
import { stdout } from './stdout.ts'

/** Where a command's words go: results to stdout, everything else to stderr; with `--json`, JSON lines to stdout. */
export interface Output {
  readonly json: boolean
  readonly level: EventLevel
  readonly style: Style
  /** Values of rows may be told: a person sees them, or `--show-data` asks for them. */
  readonly showsValues: boolean
  /** What the user asked for: as text, or each value as a line of JSON. */
  readonly result: (text: string, ...lines: readonly (ResultLine | MigEvent)[]) => void
  /** As `result`, whose text is not shown with `--quiet`. */
  readonly detail: Output['result']
  readonly event: (event: MigEvent) => void
  readonly error: (error: unknown) => void
  /** A remark for people; not shown with `--json` or `--quiet`. */
  readonly remark: (text: string) => void
  /** Something about a file for GitHub, the one line of ours that its runner takes for a command. */
  readonly annotate: (annotation: CiAnnotation, stream: 'stdout' | 'stderr') => void
}

/**
 * The output of a command. Colours need a terminal; NO_COLOR turns them off.
 * @throws MigError `bad-log-level`.
 */
export function commandOutput(
  flags: Readonly<Record<string, unknown>>,
  variables: NodeJS.ProcessEnv,
): Output {
  const json = flags.json === true
  const level = flags.quiet ? 'quiet' : flags.verbose ? 'verbose' : logLevel(variables.MIG_LOG_LEVEL)
  const styleOf = (stream: NodeJS.WriteStream) =>
    stream.isTTY && !variables.NO_COLOR && variables.TERM !== 'dumb' ? colourStyle : plainStyle
  const [style, stderrStyle] = [styleOf(process.stdout), styleOf(process.stderr)]
  const values = errorValues(flags['show-data'] === true, json, variables)
  const progress = progressDisplay(process.stderr.isTTY === true && !json && level !== 'quiet', stderrStyle)
  const write = (line: ResultLine | MigEvent) => {
    const said =
      'help' in line && typeof line.help === 'string' ? { ...line, help: asCalled(line.help) } : line
    stdout.write(`${jsonLine(said)}\n`)
  }
  const result: Output['result'] = (text, ...lines) => {
    progress.clear()
    if (json) lines.forEach(write)
    // A script is for psql, so it is written in another way only where it means the same.
    else if (text !== '' && lines.some(({ event }) => event === 'sql')) stdout.write(`${escapedSql(text)}\n`)
    else if (text !== '') writeLine(stdout, text)
  }
  return {
    ...{ json, level, style, showsValues: values.shown, result },
    detail: (text, ...lines) => result(level === 'quiet' ? '' : text, ...lines),
    event(event) {
      if (json) return write(event)
      const isResult = resultEvents.includes(event.event)
      const text = eventText(event, level, { style: isResult ? style : stderrStyle, now: new Date() })
      progress.clear()
      if (text !== undefined && !(event.event === 'progress' && progress.live)) {
        writeLine(isResult ? stdout : process.stderr, text)
      }
      progress.show(event)
    },
    error(error) {
      progress.clear()
      if (json) write(errorLine(error, values))
      const verbose = levels.indexOf(level) >= levels.indexOf('verbose')
      writeLine(process.stderr, errorText(error, { verbose, style: stderrStyle, renderCaret, values }))
    },
    remark(text) {
      progress.clear()
      if (!json && level !== 'quiet') writeLine(stdout, text)
    },
    annotate(annotation, stream) {
      progress.clear()
      ;(stream === 'stdout' ? stdout : process.stderr).write(`${githubAnnotation(annotation)}\n`)
    },
  }
}

/** Events that tell what a command was asked for. */
const resultEvents: readonly MigEvent['event'][] = ['plan', 'tenant-plan', 'step-done']

/** Values of rows are for who looks: output that goes elsewhere is kept, by a CI server or in a container's log. */
function errorValues(asked: boolean, json: boolean, { CI }: NodeJS.ProcessEnv): ErrorValues {
  const isSeen = process.stderr.isTTY === true && !json && (CI === undefined || CI === '' || CI === 'false')
  return {
    shown: asked || isSeen,
    messageWithout: messageWithoutValues,
    withheld: withheldValues,
    statementWithout: withoutLiterals,
  }
}

/**
 * Writes a text and a line break, the one way out for what people read: whatever a file or a database has put into it
 * is made visible.
 */
export function writeLine(stream: NodeJS.WritableStream, text: string): void {
  stream.write(`${printable(asCalled(text))}\n`)
}

function logLevel(text: string | undefined): EventLevel {
  if (!text) return 'normal'
  const aliases: Readonly<Record<string, EventLevel>> = { error: 'quiet', warn: 'quiet', info: 'normal' }
  const level = aliases[text.toLowerCase()] ?? levels.find((name) => name === text.toLowerCase())
  if (level !== undefined) return level
  const guess = nearest(text, levels)
  throw new MigError('bad-log-level', `MIG_LOG_LEVEL is ${JSON.stringify(text)}`, {
    help: `use ${levels.join(', ')}${guess === undefined ? '' : `; did you mean ${guess}?`}`,
  })
}

/** On a terminal, one line at the end that is written over; elsewhere nothing, since each event is a line. */
function progressDisplay(live: boolean, style: Style) {
  let [state, shown] = [noProgress, false]
  return {
    live,
    show(event: MigEvent) {
      if (!live) return
      state = nextProgress(state, event, Date.now())
      const line = progressLine(state, {
        columns: (process.stderr.columns ?? 80) - 1,
        now: Date.now(),
        style,
      })
      process.stderr.write(printable(line))
      shown = line !== ''
    },
    clear() {
      if (shown) process.stderr.write('\r\u001b[2K')
      shown = false
    },
  }
}
