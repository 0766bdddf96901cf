import { randomBytes } from 'node:crypto'

/** A new revision id: 12 hexadecimal digits, from the system's random numbers. */
export function newRevisionId(): string {
  return randomBytes(6).toString('hex')
}
