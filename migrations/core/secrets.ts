/** Where a secret may begin: a URL's login, or a word that names a secret. */
const beginnings = /:\/\/|passw(?:or)?d|secret|api_?key|access_?key|token/gi

/**
 * `text` without the passwords of connection URLs, of keyword/value strings and of SQL (`PASSWORD '…'` of a role or a
 * user mapping): a last guard over messages that others wrote, such as a driver's. One pass from left to right, linear
 * in the length of the text, since the text may be somebody else's.
 */
export function withoutSecrets(text: string): string {
  const run = runsOf(text)
  const skip = spacesOf(text)
  const parts: string[] = []
  let kept = 0
  let from = 0
  for (;;) {
    beginnings.lastIndex = from
    const found = beginnings.exec(text)
    if (found === null) break
    from = beginnings.lastIndex
    // A parser's own words.
    if (/unexpected $/i.test(text.slice(Math.max(0, found.index - 11), found.index))) continue
    const secret = found[0] === '://' ? urlSecret(text, found.index, run) : namedSecret(text, from, skip)
    if (secret === undefined || secret.end <= secret.start) continue
    parts.push(text.slice(kept, secret.start), secret.mask)
    kept = secret.end
    from = secret.end
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(kept)
}

interface Secret {
  readonly start: number
  readonly end: number
  readonly mask: string
}

interface Run {
  /** Offset after the last character that is not white space. */
  readonly end: number
  /** Offset of the last `@` in it, or -1. */
  readonly at: number
}

/** The run of characters around an offset that has no white space; each is looked through once. */
function runsOf(text: string): (from: number) => Run {
  let last: Run = { end: -1, at: -1 }
  return (from) => {
    if (from < last.end) return last
    let [end, at] = [from, -1]
    for (; end < text.length && !isSpace(text, end); end += 1) if (text[end] === '@') at = end
    last = { end, at }
    return last
  }
}

/** The password of a URL: from the colon after the user to the last `@`, or to the end where the URL ends within it. */
function urlSecret(text: string, at: number, runOf: (from: number) => Run): Secret | undefined {
  const login = at + 3
  const run = runOf(login)
  let colon = login
  while (colon < run.end && !':/?#@'.includes(text[colon] ?? '')) colon += 1
  if (text[colon] !== ':') return undefined
  const start = colon + 1
  if (run.at >= start) return { start, end: run.at, mask: '***' }
  const isOurs = /postgres(?:ql)?(?:\+\w{1,30})?$/i.test(text.slice(Math.max(0, at - 45), at))
  if (!isOurs || text[login] === '[' || text.startsWith('***', start)) return undefined
  // A colon before digits is that of a port.
  if (/^\d{1,5}(?:\W|$)/.test(text.slice(start, start + 6))) return undefined
  let end = start
  while (end < run.end && !`'"\``.includes(text[end] ?? '')) end += 1
  return { start, end, mask: '***' }
}

/** The value after a name such as `password`: `= value`, `=> 'value'`, `: "value"`, or a string of SQL. */
function namedSecret(text: string, nameEnd: number, skip: Skip): Secret | undefined {
  let at = nameEnd
  while (at < nameEnd + 40 && /\w/.test(text[at] ?? '')) at += 1
  if (text[at] === '"' || text[at] === "'") at += 1
  const afterName = at
  at = skip(at)
  const sign = /^(?:=>|:=|=|:)/.exec(text.slice(at, at + 2))?.[0] ?? ''
  const start = skip(at + sign.length)
  if (sign === '' && start === afterName) return undefined
  const quoted = quotedEnd(text, start, sign, skip)
  if (quoted !== undefined)
    return { start, end: quoted, mask: sign === '' || sign === '=>' ? "'***'" : '***' }
  if (!sign.includes('=')) return undefined
  let end = start
  while (end < text.length && text[end] !== '&' && !isSpace(text, end)) end += 1
  return { start, end, mask: '***' }
}

type Skip = (from: number) => number

/**
 * Past white space and comments of SQL; a comment of more than 200 characters is not looked through. Each comment is
 * passed once: one may hold names after which it would be passed again, with all that follow it.
 */
function spacesOf(text: string): Skip {
  const ends = new Map<number, number>()
  return (from) => {
    const passed: number[] = []
    let at = from
    for (;;) {
      while (at < text.length && isSpace(text, at)) at += 1
      const known = ends.get(at)
      const comment =
        known === undefined
          ? /^(?:--.{0,200}\n|\/\*.{0,200}?\*\/)/s.exec(text.slice(at, at + 205))?.[0]
          : undefined
      if (comment === undefined) {
        const end = known ?? at
        for (const each of passed) ends.set(each, end)
        return end
      }
      passed.push(at)
      at += comment.length
    }
  }
}

/** Offset after the string that begins at `from`, continuations included; one that is not closed ends the text. */
function quotedEnd(text: string, from: number, sign: string, skip: Skip): number | undefined {
  const tag = /^\$(?:[A-Za-z_]\w{0,62})?\$/.exec(text.slice(from, from + 66))?.[0]
  if (tag !== undefined) return after(text, tag, from + tag.length)
  const prefix = /^(?:e|n|u&)?'/i.exec(text.slice(from, from + 3))?.[0]
  const quote = prefix === undefined ? text[from] : "'"
  if (quote !== "'" && (quote !== '"' || sign === '')) return undefined
  // A backslash escapes in E'…', in keyword/value strings and in JSON.
  const escapes = sign !== '' || /^e/i.test(prefix ?? '')
  let at = from + (prefix?.length ?? 1)
  for (; at < text.length; at += 1) {
    if (escapes && text[at] === '\\') at += 1
    else if (text[at] === quote && text[at + 1] === quote) at += 1
    else if (text[at] === quote) {
      const next = skip(at + 1)
      if (text[next] !== quote || !text.slice(at, next).includes('\n')) return at + 1
      at = next
    }
  }
  return text.length
}

function after(text: string, closing: string, from: number): number {
  const found = text.indexOf(closing, from)
  return found === -1 ? text.length : found + closing.length
}

const isSpace = (text: string, at: number): boolean => /\s/.test(text[at] ?? '')
