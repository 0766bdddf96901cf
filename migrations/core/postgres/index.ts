export { renderCaret } from './caret.ts'
export { type ConnectOptions, connect } from './connection.ts'
export { type DatabaseErrorContext, databaseError, isConnectionLost } from './database-error.ts'
export {
  type DatabaseAddress,
  formatDatabaseUrl,
  maskUrl,
  parseDatabaseUrl,
  urlForDatabase,
} from './database-url.ts'
export {
  type EmbeddedOptions,
  type EmbeddedServer,
  type EmbeddedStatus,
  embeddedStatus,
  ensureDatabase,
  ensureEmbeddedServer,
  resetEmbeddedServer,
  stopEmbeddedServer,
} from './embedded.ts'
export * from './fingerprint/index.ts'
export { qualifiedName, quoteIdent, quoteIdentAlways, quoteLiteral } from './quote.ts'
export { type ScratchDatabase, type ScratchOptions, withScratchDatabase } from './scratch.ts'
export { type ScratchServer, type ScratchServerOptions, scratchServer } from './scratch-server.ts'
export { lineAndColumn, type SqlPiece, splitStatements } from './statements.ts'
