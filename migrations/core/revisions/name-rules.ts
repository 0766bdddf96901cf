import { reservedNames } from './invalid.ts'

/** Whether a text can be the id of a new revision, and part of a file name: ASCII letters, digits, `_` and `.`. */
export function isNewId(id: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.]*$/.test(id) && !reservedNames.includes(id)
}

/** Whether a text can be the branch label of a new revision: what targets can name, without control characters. */
export function isNewLabel(label: string): boolean {
  return label !== '' && !/[@+:\s\p{Cc}]/u.test(label) && !reservedNames.includes(label)
}
