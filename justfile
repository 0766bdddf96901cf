# PostgreSQL migrations. Each recipe runs one script of scripts/; add --help to any of them.

set no-exit-message
set positional-arguments

# The schema filter where no argument says it: the scripts read MIG_SCHEMA_FILTER and .env, and else take all.
filter := ''
# `exec` below leaves no shell between just and the runner: a signal that just hands on reaches it.
mig := 'node ' + quote(justfile_directory() / 'scripts/launch.mjs')

# List the recipes
[private]
default:
    @{{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --list --unsorted

# Apply pending revisions: head, heads, +N, a revision, key@X
[group('change the database')]
mig-upgrade target='head' schemas=filter *flags:
    @exec {{ mig }} mig-upgrade "$@"

# Revert revisions: -N (the most recently applied), base, a revision, key@X
[group('change the database')]
mig-downgrade target='-1' schemas=filter *flags:
    @exec {{ mig }} mig-downgrade "$@"

# Revert every revision (asks, or --yes)
[group('change the database')]
mig-downgrade-all schemas=filter *flags:
    @exec {{ mig }} mig-downgrade-all "$@"

# Write a target into the ledger without running anything (--purge to start over)
[group('change the database')]
mig-stamp target schemas=filter *flags:
    @exec {{ mig }} mig-stamp "$@"

# End the session that holds a lock, when its runner is dead (--force PID: in any case)
[group('change the database')]
mig-unlock schemas=filter *flags:
    @exec {{ mig }} mig-unlock "$@"

# What is applied in each schema, and how far behind it is
[group('look')]
mig-current schemas=filter *flags:
    @exec {{ mig }} mig-current "$@"

# What is in progress, stuck or in doubt, and how to fix it
[group('look')]
mig-status schemas=filter *flags:
    @exec {{ mig }} mig-status "$@"

# The revision graph, newest first; RANGE is a:b
[group('look')]
mig-history schemas=filter range='' *flags:
    @exec {{ mig }} mig-history "$@"

# The heads of each line
[group('look')]
mig-heads schemas=filter *flags:
    @exec {{ mig }} mig-heads "$@"

# Revisions with more than one child
[group('look')]
mig-branches schemas=filter *flags:
    @exec {{ mig }} mig-branches "$@"

# One revision: its file, neighbours, and where it is applied
[group('look')]
mig-show revision *flags:
    @exec {{ mig }} mig-show "$@"

# The SQL of an upgrade or downgrade, or of a range a:b, for psql
[group('look')]
mig-sql target='head' schemas=filter *flags:
    @exec {{ mig }} mig-sql "$@"

# Compare the database with the models; exit 1 on any difference
[group('look')]
mig-check schemas=filter *flags:
    @exec {{ mig }} mig-check "$@"

# What revisions would do to a live system: locks, rewrites, squawk's rules; RANGE is a:b
[group('look')]
mig-lint range='' schemas=filter *flags:
    @exec {{ mig }} mig-lint "$@"

# Check the revisions on scratch databases, as a pipeline does (--changed [BASE]: only new ones)
[group('look')]
mig-verify schemas=filter *flags:
    @exec {{ mig }} mig-verify "$@"

# Write the revisions that lead from the database to the models, proved beforehand
[group('write revisions')]
mig-autogen message schemas=filter *flags:
    @exec {{ mig }} mig-autogen "$@"

# Write a new revision in each line of the filter, to be filled by hand
[group('write revisions')]
mig-revision message schemas=filter *flags:
    @exec {{ mig }} mig-revision "$@"

# Join several heads of a line
[group('write revisions')]
mig-merge revisions message='merge' *flags:
    @exec {{ mig }} mig-merge "$@"

# Open a revision in $EDITOR
[group('write revisions')]
mig-edit revision *flags:
    @exec {{ mig }} mig-edit "$@"

# Set a project up from its live database: env.ts, models, first revisions
[group('adopt')]
mig-init schemas='' *flags:
    @exec {{ mig }} mig-init "$@"

# Write what models refer to and others own into surroundings.sql, from the live database
[group('adopt')]
mig-surroundings *flags:
    @exec {{ mig }} mig-surroundings "$@"

# Bring in another tool's history, or a schema file; alone: what is found here
[group('adopt')]
mig-import tool='' path='' schemas=filter *flags:
    @exec {{ mig }} mig-import "$@"

# The tenants: revision, how far behind, last run, and whose structure differs
[group('tenants')]
mig-tenants schemas=filter *flags:
    @exec {{ mig }} mig-tenants "$@"

# Make a tenant at head (--from-template: copy the structure of another)
[group('tenants')]
mig-tenant-create name schemas=filter *flags:
    @exec {{ mig }} mig-tenant-create "$@"

# Drop a tenant and all its data (asks, or --yes)
[group('tenants')]
mig-tenant-drop name schemas=filter *flags:
    @exec {{ mig }} mig-tenant-drop "$@"

# Start the embedded PostgreSQL
[group('embedded database')]
db-start *flags:
    @exec {{ mig }} db-start "$@"

# Stop the embedded PostgreSQL
[group('embedded database')]
db-stop *flags:
    @exec {{ mig }} db-stop "$@"

# A prompt on the database: psql where there is one
[group('embedded database')]
db-psql *args:
    @exec {{ mig }} db-psql "$@"

# The URL of the database, password included
[group('embedded database')]
db-url *flags:
    @exec {{ mig }} db-url "$@"

# Delete the embedded database and all that is in it (asks, or --yes)
[group('embedded database')]
db-reset *flags:
    @exec {{ mig }} db-reset "$@"
