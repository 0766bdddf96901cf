import { styleText } from 'node:util'

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

/** ANSI colours. */
export const colourStyle: Style = {
  strong: ansi('bold'),
  dim: ansi('dim'),
  error: ansi('red'),
  warning: ansi('yellow'),
  good: ansi('green'),
  revision: ansi('yellow'),
  help: ansi('cyan'),
}

function ansi(format: Parameters<typeof styleText>[0]): Paint {
  // Whether the stream takes colours is the caller's decision, not this function's.
  return (text) => styleText(format, text, { validateStream: false })
}
