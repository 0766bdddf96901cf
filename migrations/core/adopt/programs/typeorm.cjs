// @ts-nocheck: the types would be those of the project's TypeORM.
// node typeorm.cjs migration:run|migration:revert -d DATA_SOURCE: applies all migrations of a project's TypeORM, or reverts all.
'use strict'
const { createRequire } = require('node:module')
const { join } = require('node:path')

const [command, , settings] = process.argv.slice(2)
const ofProject = createRequire(join(process.cwd(), 'package.json'))

async function main() {
  const { MigrationExecutor } = ofProject('typeorm')
  const { CommandUtils } = ofProject('typeorm/commands/CommandUtils')
  const source = await CommandUtils.loadDataSource(settings)
  source.setOptions({ subscribers: [], synchronize: false, migrationsRun: false, dropSchema: false })
  await source.initialize()
  const transaction = source.options.migrationsTransactionMode ?? 'all'
  if (command === 'migration:run') await source.runMigrations({ transaction })
  else {
    // Without a query runner of ours, TypeORM 0.3 releases its own before it has read.
    const executor = new MigrationExecutor(source, source.createQueryRunner())
    for (;;) {
      const [last] = await executor.getExecutedMigrations()
      if (last === undefined) break
      // Its downgrade knows nothing of a migration's own `transaction = false`.
      const own = source.migrations.find(
        (each) => (each.name ?? each.constructor.name) === last.name,
      )?.transaction
      await source.undoLastMigration({ transaction: own === false ? 'none' : transaction })
    }
  }
  await source.destroy()
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
