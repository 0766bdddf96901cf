import type { Call } from '../../python/values.ts'

/** A statement that an operation becomes; what must stand outside a transaction says so itself in Alembic too. */
export type Operation = (call: Call) => readonly string[]
