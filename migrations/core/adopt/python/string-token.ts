const opening = /([rRbBuUfFtT]{0,2})("""|'''|"|')/y

/** Whether a string literal, with or without a prefix, starts at `at`. */
export function stringStart(source: string, at: number): boolean {
  opening.lastIndex = at
  return opening.test(source)
}

/**
 * The string literal that starts at `at`: its whole source, its prefix in lower case, and what stands between the
 * quotes; undefined when it is never closed.
 */
export function readStringToken(
  source: string,
  at: number,
): { readonly source: string; readonly prefix: string; readonly body: string } | undefined {
  opening.lastIndex = at
  const start = opening.exec(source)
  const [whole = '', prefix = '', quote = ''] = start ?? []
  const from = at + whole.length
  for (let end = from; end < source.length; end += 1) {
    if (source[end] === '\\') end += 1
    else if (quote.length === 1 && source[end] === '\n') return undefined
    else if (source.startsWith(quote, end)) {
      return {
        source: source.slice(at, end + quote.length),
        prefix: prefix.toLowerCase(),
        body: source.slice(from, end).replaceAll('\r\n', '\n'),
      }
    }
  }
  return undefined
}

const simple: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/**
 * The value of a string literal's body (Language Reference 2.4.1.1). An escape that Python does not know stays as
 * it is; `\N{…}` has no value here.
 */
export function stringValue(body: string, raw: boolean): string | undefined {
  if (raw) return body
  if (body.includes('\\N{')) return undefined
  return body.replace(
    /\\(\n|[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])/g,
    (whole, code: string) => {
      if (/^[0-7]/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8))
      if (/^[xuU]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16))
      return simple[code] ?? whole
    },
  )
}
