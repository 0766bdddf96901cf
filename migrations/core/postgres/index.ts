export {
  backendPid,
  connect,
  initialSettings,
  onConnection,
  onDatabase,
  socketOf,
} from './connection/connection.ts'
export {
  databaseError,
  isConnectionLost,
  isServerError,
  messageWithoutValues,
  serverHelp,
  withheldValues,
} from './connection/database-error.ts'
export { formatDatabaseUrl, maskUrl, parseDatabaseUrl } from './connection/database-url.ts'
export { iamToken, usesIam } from './connection/iam-token.ts'
export { idleUnheld, isBusy } from './connection/idle.ts'
export { beginReading, catalogQuery } from './connection/kept-plans.ts'
export { onUserPath, ownPath, setOwnPath, setOwnPathLocal, setUserPathLocal } from './connection/own-path.ts'
export { isForgotten, type OnDone, type Pipelined, pipelined } from './connection/pipeline.ts'
export { schemasInUse } from './connection/schemas-in-use.ts'
export { isScratchRole } from './connection/scratch-role-name.ts'
export { encryptedForToken } from './connection/tls.ts'
export { toolLedgersIn } from './connection/tool-ledgers.ts'
export { undoing } from './connection/undoing.ts'
export {
  type EmbeddedServer,
  embeddedStatus,
  ensureDatabase,
  ensureEmbeddedServer,
  resetEmbeddedServer,
  stopEmbeddedServer,
} from './embedded/embedded.ts'
export * from './fingerprint/index.ts'
export { renderCaret } from './sql/caret.ts'
export { isConcurrent, withoutConcurrently } from './sql/concurrently.ts'
export { escapedSql } from './sql/escaped-sql.ts'
export { madeName, opening } from './sql/made-name.ts'
export { runsOthersCode } from './sql/others-code.ts'
export { asText, listOf, type OwnStatement, ownSql, raw } from './sql/own-statement.ts'
export { catalogName, qualifiedName, quoteIdent, quoteIdentAlways, quoteLiteral } from './sql/quote.ts'
export { lineAndColumn, type SqlPiece, splitStatements } from './sql/statements.ts'
export { withoutLiterals, withoutQueryValues } from './sql/without-literals.ts'
export { type Word, wordsOf } from './sql/words.ts'
