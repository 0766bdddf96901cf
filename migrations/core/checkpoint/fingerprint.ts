import type { ClientBase } from 'pg'
import { type Fingerprint, readFingerprint } from '../postgres/fingerprint/index.ts'

/** The fingerprint by which a checkpoint is known: of everything that it reads. */
export function wholeFingerprint(client: ClientBase, schemas: readonly string[]): Promise<Fingerprint> {
  return readFingerprint(client, { schemas, privileges: true, owners: true, columnOrder: true })
}
