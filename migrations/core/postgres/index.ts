export { renderCaret } from './caret.ts'
export { backendPid, connect, initialSettings, onDatabase, socketOf } from './connection.ts'
export {
  databaseError,
  isConnectionLost,
  isServerError,
  messageWithoutValues,
  withheldValues,
} from './database-error.ts'
export { formatDatabaseUrl, maskUrl, parseDatabaseUrl } from './database-url.ts'
export {
  type EmbeddedServer,
  embeddedStatus,
  ensureDatabase,
  ensureEmbeddedServer,
  resetEmbeddedServer,
  stopEmbeddedServer,
} from './embedded.ts'
export { escapedSql } from './escaped-sql.ts'
export * from './fingerprint/index.ts'
export { iamToken, usesIam } from './iam-token.ts'
export { runsOthersCode } from './others-code.ts'
export { onUserPath, ownPath, setOwnPath, setOwnPathLocal, setUserPathLocal } from './own-path.ts'
export { qualifiedName, quoteIdent, quoteIdentAlways, quoteLiteral } from './quote.ts'
export { schemasInUse } from './schemas-in-use.ts'
export { isScratchRole } from './scratch-role-name.ts'
export { serverHelp } from './server-help.ts'
export { lineAndColumn, splitStatements } from './statements.ts'
export { encryptedForToken } from './tls.ts'
export { toolLedgersIn } from './tool-ledgers.ts'
export { withoutLiterals, withoutQueryValues } from './without-literals.ts'
export { type Word, wordsOf } from './words.ts'
