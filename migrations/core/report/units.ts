const narrowSpace = '\u202f'

/** A count with a narrow no-break space between thousands: `1 234 567`. */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3}){1,8}$)/g, narrowSpace)
}

/** `1 step`, `2 steps`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** A duration in milliseconds for people: `8 ms`, `1.2 s`, `48 s`, `3 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 1) return '<1 ms'
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`
  if (Math.round(ms / 100) < 100) return `${(Math.round(ms / 100) / 10).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return twoUnits(minutes, 60, 'h', 'min')
  return twoUnits(Math.round(minutes / 60), 24, 'd', 'h')
}

function twoUnits(value: number, size: number, large: string, small: string): string {
  const rest = value % size
  const whole = `${Math.floor(value / size)} ${large}`
  return rest === 0 ? whole : `${whole} ${rest} ${small}`
}

/** How long before `now` a moment was: `just now`, `5 min ago`, `3 d 4 h ago`; `in 2 min` when it is ahead. */
export function relativeTime(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime()
  if (Math.abs(ms) < 1000) return 'just now'
  return ms < 0 ? `in ${durationText(-ms)}` : `${durationText(ms)} ago`
}
