# PostgreSQL migrations. Each recipe runs one script of scripts/; add --help to any of them.

set no-exit-message
set positional-arguments

# `exec` below leaves no shell between just and the runner: a signal that just hands on reaches it.
mig := 'node ' + quote(justfile_directory() / 'scripts/launch.mjs')

# List the recipes
[private]
default:
    @{{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --list --unsorted

# Apply pending revisions: [target] [schemas]
[group('change the database')]
mig-upgrade *args:
    @exec {{ mig }} mig-upgrade "$@"

# Revert revisions: [target, else -1] [schemas]
[group('change the database')]
mig-downgrade *args:
    @exec {{ mig }} mig-downgrade "$@"

# Revert every revision: [schemas]
[group('change the database')]
mig-downgrade-all *args:
    @exec {{ mig }} mig-downgrade-all "$@"

# Write TARGET into the ledger only: [schemas]
[group('change the database')]
mig-stamp *args:
    @exec {{ mig }} mig-stamp "$@"

# End the session of a dead runner: [schemas]
[group('change the database')]
mig-unlock *args:
    @exec {{ mig }} mig-unlock "$@"

# What is applied in each schema: [schemas]
[group('look')]
mig-current *args:
    @exec {{ mig }} mig-current "$@"

# What is half done, stuck or in doubt: [schemas]
[group('look')]
mig-status *args:
    @exec {{ mig }} mig-status "$@"

# The revision graph: [schemas] [a:b]
[group('look')]
mig-history *args:
    @exec {{ mig }} mig-history "$@"

# The heads of each line: [schemas]
[group('look')]
mig-heads *args:
    @exec {{ mig }} mig-heads "$@"

# Revisions with more than one child: [schemas]
[group('look')]
mig-branches *args:
    @exec {{ mig }} mig-branches "$@"

# One revision, and where it is applied: REVISION
[group('look')]
mig-show *args:
    @exec {{ mig }} mig-show "$@"

# The SQL of a run, for psql: [target] [schemas]
[group('look')]
mig-sql *args:
    @exec {{ mig }} mig-sql "$@"

# Compare the database with the models: [schemas]
[group('look')]
mig-check *args:
    @exec {{ mig }} mig-check "$@"

# Locks and rewrites of revisions: [a:b] [schemas]
[group('look')]
mig-lint *args:
    @exec {{ mig }} mig-lint "$@"

# Check revisions as a pipeline does: [schemas]
[group('look')]
mig-verify *args:
    @exec {{ mig }} mig-verify "$@"

# Generate revisions from models: MESSAGE [schemas]
[group('write revisions')]
mig-autogen *args:
    @exec {{ mig }} mig-autogen "$@"

# Write an empty revision: MESSAGE [schemas]
[group('write revisions')]
mig-revision *args:
    @exec {{ mig }} mig-revision "$@"

# Join heads of a line: "REVISIONS" [MESSAGE]
[group('write revisions')]
mig-merge *args:
    @exec {{ mig }} mig-merge "$@"

# Open a revision in $EDITOR: REVISION
[group('write revisions')]
mig-edit *args:
    @exec {{ mig }} mig-edit "$@"

# Set up a project from its database: [schemas]
[group('adopt')]
mig-init *args:
    @exec {{ mig }} mig-init "$@"

# Write surroundings.sql: objects of others
[group('adopt')]
mig-surroundings *args:
    @exec {{ mig }} mig-surroundings "$@"

# Import another tool's history: [TOOL PATH]
[group('adopt')]
mig-import *args:
    @exec {{ mig }} mig-import "$@"

# Tenants, and whose structure differs: [schemas]
[group('tenants')]
mig-tenants *args:
    @exec {{ mig }} mig-tenants "$@"

# Create a tenant at head: NAME [schemas]
[group('tenants')]
mig-tenant-create *args:
    @exec {{ mig }} mig-tenant-create "$@"

# Drop a tenant with all its data: NAME [schemas]
[group('tenants')]
mig-tenant-drop *args:
    @exec {{ mig }} mig-tenant-drop "$@"

# Start the embedded PostgreSQL
[group('embedded database')]
db-start *args:
    @exec {{ mig }} db-start "$@"

# Stop the embedded PostgreSQL
[group('embedded database')]
db-stop *args:
    @exec {{ mig }} db-stop "$@"

# A prompt on the database: psql where there is one
[group('embedded database')]
db-psql *args:
    @exec {{ mig }} db-psql "$@"

# The URL of the database, password included
[group('embedded database')]
db-url *args:
    @exec {{ mig }} db-url "$@"

# Delete the embedded database: asks, or --yes
[group('embedded database')]
db-reset *args:
    @exec {{ mig }} db-reset "$@"
