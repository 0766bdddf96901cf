import type { MigEvent } from '../../migrations/core/index.ts'
import { MigError, nearest } from '../../migrations/core/index.ts'
import { renderCaret } from '../../migrations/core/postgres/index.ts'
import {
  colourStyle,
  errorText,
  eventText,
  type Level,
  levels,
  plainStyle,
  type Style,
} from '../../migrations/core/report/index.ts'

/** Where a command's words go: results to stdout, everything else to stderr; with `--json`, JSON lines to stdout. */
export interface Output {
  readonly json: boolean
  readonly level: Level
  readonly style: Style
  /** What the user asked for. */
  readonly result: (text: string, value: unknown) => void
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
  const style =
    process.stdout.isTTY && !variables.NO_COLOR && variables.TERM !== 'dumb' ? colourStyle : plainStyle
  const stderrStyle = process.stderr.isTTY && !variables.NO_COLOR ? colourStyle : plainStyle
  const progress = progressLine(process.stderr.isTTY === true && !json && level !== 'quiet')
  const jsonLine = (value: unknown) => void process.stdout.write(`${JSON.stringify(value)}\n`)
  return {
    json,
    level,
    style,
    result(text, value) {
      progress.clear()
      if (json) jsonLine(value)
      else if (text !== '') process.stdout.write(`${text}\n`)
    },
    event(event) {
      if (json) return jsonLine(event)
      const step = event.event === 'step-done' || event.event === 'schema-created'
      const text = eventText(event, level, { style: step ? style : stderrStyle, now: new Date() })
      if (text === undefined) return
      if (event.event === 'progress' && progress.show(text)) return
      progress.clear()
      const stream = step ? process.stdout : process.stderr
      stream.write(`${text}\n`)
    },
    error(error) {
      progress.clear()
      if (json) jsonLine(errorValue(error))
      process.stderr.write(
        `${errorText(error, { verbose: levels.indexOf(level) >= 2, style: stderrStyle, renderCaret })}\n`,
      )
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
  throw new MigError('bad-log-level', `MIG_LOG_LEVEL is ${JSON.stringify(text)}`, {
    help: `use ${levels.join(', ')}${nearest(text, levels) === undefined ? '' : `; did you mean ${nearest(text, levels)}?`}`,
  })
}

/** An error as `--json` shows it. */
function errorValue(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof MigError))
    return {
      event: 'error',
      code: 'internal',
      message: error instanceof Error ? error.message : String(error),
    }
  const { code, message, help, exitCode, place, facts } = error
  return { event: 'error', code, message, help, exitCode, place, facts }
}

/** On a terminal, progress is one line that is written over; elsewhere each report is a line. */
function progressLine(terminal: boolean): {
  readonly show: (text: string) => boolean
  readonly clear: () => void
} {
  let shown = false
  return {
    show(text) {
      if (!terminal) return false
      process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
      shown = true
      return true
    },
    clear() {
      if (shown) process.stderr.write('\r\u001b[2K')
      shown = false
    },
  }
}
