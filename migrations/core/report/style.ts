import { randomInt } from 'node:crypto'

type Paint = (text: string) => string

/** How a renderer marks parts of its text. The scripts choose one: colours on a terminal, plain elsewhere. */
export interface Style {
  readonly strong: Paint
  readonly dim: Paint
  readonly error: Paint
  readonly warning: Paint
  readonly good: Paint
  /** Revision ids. */
  readonly revision: Paint
  readonly help: Paint
}

const asItIs: Paint = (text) => text

/** No marks at all: for files, pipes, NO_COLOR and tests. */
export const plainStyle: Style = {
  strong: asItIs,
  dim: asItIs,
  error: asItIs,
  warning: asItIs,
  good: asItIs,
  revision: asItIs,
  help: asItIs,
}

/**
 * What a colour of ours begins with: a sequence that no text of somebody else's can have, since a part of it is drawn
 * by each process. `printable` makes it an escape of the terminal.
 */
export const styleMark = `\u001b[${randomInt(2 ** 47)};`

/** ANSI colours (ECMA-48, 8.3.117), for text that goes through `printable`. */
export const colourStyle: Style = {
  strong: ansi(1, 22),
  dim: ansi(2, 22),
  error: ansi(31, 39),
  warning: ansi(33, 39),
  good: ansi(32, 39),
  revision: ansi(33, 39),
  help: ansi(36, 39),
}

function ansi(begin: number, end: number): Paint {
  return (text) => `${styleMark}${begin}m${text}${styleMark}${end}m`
}
