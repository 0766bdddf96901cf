/** A text as a regular expression that matches it alone. */
export function regexEscape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&')
}
