/** A migrated database for each worker of a test run: what `just-mig/testing` exports. */
export { MigError } from '../errors.ts'
export { prepareTestDatabases, type TestDatabase, testDatabase } from './database.ts'
export { type DatabaseFixtures, databaseFixtures, type TestHooks, useTestDatabase } from './runners.ts'
export type { Seed, SeedProgram, TestDatabaseOptions } from './source.ts'
