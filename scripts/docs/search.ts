/**
 * How the static site's search reads pages and what is typed: options of MiniSearch. VitePress writes each function into
 * the site as its source, so none uses anything outside itself.
 */
export const siteSearch = {
  // `ahead-of-code`, `--trust-live` and `lock_timeout` are found as they are typed, and by their parts; `MIG-ahead-of-code`
  // is found as the heading `ahead-of-code`.
  options: {
    tokenize: (text: string): string[] => {
      const plain = text.replace(/\bMIG-(?=[a-z])/g, '')
      return [
        ...plain.split(/[\n\r\p{Z}\p{P}]+/u),
        ...(plain.match(/(?<![\p{L}\p{N}])[\p{L}\p{N}]+(?:[-_.][\p{L}\p{N}]+)+/gu) ?? []),
      ]
    },
  },
  searchOptions: {
    tokenize: (text: string): string[] =>
      text.replace(/\bMIG-(?=[a-z])/g, '').match(/[\p{L}\p{N}]+(?:[-_.][\p{L}\p{N}]+)*/gu) ?? [],
    combineWith: 'AND' as const,
    boost: { title: 8, text: 2, titles: 1 },
    // Hundreds of errors name what how-to pages explain; a code that is typed whole is still found as its heading first.
    boostDocument: (id: string): number => (id.includes('/reference/errors') ? 0.2 : 1),
  },
}
