import { MigError, type MigEvent, nearest } from '../../migrations/core/index.ts'
import { renderCaret } from '../../migrations/core/postgres/index.ts'
import {
  colourStyle,
  errorLine,
  errorText,
  eventText,
  jsonLine,
  type Level,
  levels,
  nextProgress,
  noProgress,
  plainStyle,
  progressLine,
  type ResultLine,
  type Style,
} from '../../migrations/core/report/index.ts'

/** Where a command's words go: results to stdout, everything else to stderr; with `--json`, JSON lines to stdout. */
export interface Output {
  readonly json: boolean
  readonly level: Level
  readonly style: Style
  /** What the user asked for: as text, or each value as a line of JSON. */
  readonly result: (text: string, ...lines: readonly (ResultLine | MigEvent)[]) => void
  readonly event: (event: MigEvent) => void
  readonly error: (error: unknown) => void
  /** A remark for people; not shown with `--json` or `--quiet`. */
  readonly remark: (text: string) => void
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
  const progress = progressDisplay(process.stderr.isTTY === true && !json && level !== 'quiet', stderrStyle)
  const write = (line: ResultLine | MigEvent) => void process.stdout.write(`${jsonLine(line)}\n`)
  return {
    json,
    level,
    style,
    result(text, ...lines) {
      progress.clear()
      if (json) lines.forEach(write)
      else if (text !== '') process.stdout.write(`${text}\n`)
    },
    event(event) {
      if (json) return write(event)
      const isResult = event.event === 'step-done' || event.event === 'schema-created'
      const text = eventText(event, level, { style: isResult ? style : stderrStyle, now: new Date() })
      progress.clear()
      if (text !== undefined && !(event.event === 'progress' && progress.live)) {
        const stream = isResult ? process.stdout : process.stderr
        stream.write(`${text}\n`)
      }
      progress.show(event)
    },
    error(error) {
      progress.clear()
      if (json) write(errorLine(error))
      const verbose = levels.indexOf(level) >= levels.indexOf('verbose')
      process.stderr.write(`${errorText(error, { verbose, style: stderrStyle, renderCaret })}\n`)
    },
    remark(text) {
      progress.clear()
      if (!json && level !== 'quiet') process.stdout.write(`${text}\n`)
    },
  }
}

function logLevel(text: string | undefined): Level {
  if (!text) return 'normal'
  const aliases: Readonly<Record<string, Level>> = { error: 'quiet', warn: 'quiet', info: 'normal' }
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
      process.stderr.write(line)
      shown = line !== ''
    },
    clear() {
      if (shown) process.stderr.write('\r\u001b[2K')
      shown = false
    },
  }
}
