import type { Output } from './output.ts'

/** The output of a command that prints SQL for psql: whatever else goes to stdout stands there as a comment. */
export function sqlOutput(output: Output): Output {
  const comment = (text: string) => text.replace(/^/gm, '-- ')
  return {
    ...output,
    result: (text, ...lines) =>
      output.result(
        text === '' || lines.some(({ event }) => event === 'sql') ? text : comment(text),
        ...lines,
      ),
    remark: (text) => output.remark(comment(text)),
  }
}
