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
export { endlessCalls } from './connection/endless-calls.ts'
export { iamToken, isScratchRole, usesIam } from './connection/iam-token.ts'
export { idleUnheld, isBusy } from './connection/idle.ts'
export { beginReading, catalogQuery, undoing } from './connection/kept-plans.ts'
export { onUserPath, ownPath, setOwnPath, setOwnPathLocal, setUserPathLocal } from './connection/own-path.ts'
export {
  isForgotten,
  type OnDone,
  type Pipelined,
  type PipelinePart,
  pipelined,
  type SentPart,
  sendTogether,
} from './connection/pipeline.ts'
export { schemasInUse } from './connection/schemas-in-use.ts'
export { encryptedForToken } from './connection/tls.ts'
export { toolLedgersIn } from './connection/tool-ledgers.ts'
export {
  type EmbeddedServer,
  embeddedStatus,
  ensureDatabase,
  ensureEmbeddedServer,
  resetEmbeddedServer,
  stopEmbeddedServer,
} from './embedded/embedded.ts'
export * from './fingerprint/index.ts'
export { escapedSql } from './sql/escaped-sql.ts'
export { runsOthersCode } from './sql/others-code.ts'
export { asText, listOf, type OwnStatement, ownSql, raw } from './sql/own-statement.ts'
export { catalogName, qualifiedName, quoteIdent, quoteIdentAlways, quoteLiteral } from './sql/quote.ts'
export { lineAndColumn, renderCaret, type SqlPiece, splitStatements } from './sql/statements.ts'
export { withoutLiterals, withoutQueryValues } from './sql/without-literals.ts'
export {
  isConcurrent,
  isName,
  madeName,
  opening,
  type Word,
  withoutConcurrently,
  wordsOf,
} from './sql/words.ts'
