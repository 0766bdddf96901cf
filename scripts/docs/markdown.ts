/** A Markdown table; an empty column is left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = head.flatMap((_, at) => (rows.some((row) => (row[at] ?? '') !== '') ? [at] : []))
  const line = (cells: readonly string[]) =>
    `| ${kept.map((at) => cell(cells[at] ?? '')).join(' | ')} |`.replace(/ {2,}/g, ' ')
  return [line(head), `| ${kept.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n')
}

const cell = (text: string): string => text.replace(/\s+/g, ' ').replace(/(?<!\\)\|/g, '\\|')

/** Text as code, whatever is in it. */
export const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)

/** The anchor that GitHub gives a heading, from its text without links. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')
}

/** The head of a page that is written by `npm run docs:reference`. */
export function generatedFrom(source: string): string {
  return `<!-- Written by npm run docs:reference from ${source}; a test compares. -->`
}
