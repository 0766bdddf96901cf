/**
 * A timestamptz as text that JavaScript reads, to the millisecond. What the driver makes of the server's own text goes
 * by DateStyle, a setting that a role or a database may have.
 */
export function utcSql(timestamp: string): string {
  return `to_char(${timestamp} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}
