# Completion of just-mig, written by npm run docs:reference from the specs of its commands.
# In ~/.bashrc: eval "$(npx just-mig completion bash)"
_just_mig() {
  local words cur=${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W 'autogen branches check completion current db-psql db-reset db-start db-stop db-url downgrade downgrade-all edit heads history import init lint merge revision run-migrations show sql stamp status surroundings tenant-create tenant-drop tenants unlock upgrade verify' -- "$cur"))
    return
  fi
  case ${COMP_WORDS[1]} in
    autogen) words='--plan --sql-file --from-history --adopt --strict --online --privileges --keep --tenants --trust-live --rename --renames --using --recreate --json --quiet --verbose --show-data --database-url -h --help' ;;
    branches) words='--json --quiet --verbose --show-data --database-url -h --help' ;;
    check) words='--sql --drift --privileges --trust-live --tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help' ;;
    completion) words='bash zsh fish' ;;
    current) words='--check-heads --tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help' ;;
    db-psql) words='-c --command --json --quiet --verbose --show-data --database-url -h --help' ;;
    db-reset) words='-y --yes --json --quiet --verbose --show-data --database-url -h --help' ;;
    db-start) words='--json --quiet --verbose --show-data --database-url -h --help' ;;
    db-stop) words='--json --quiet --verbose --show-data --database-url -h --help' ;;
    db-url) words='--json --quiet --verbose --show-data --database-url -h --help' ;;
    downgrade) words='--plan --lock-wait --lock-timeout --statement-timeout --transaction --resume-edited --allow-missing --tenants --shard -x -j --jobs --canary --continue --max-failures --share -y --yes --json --quiet --verbose --show-data --database-url -h --help' ;;
    downgrade-all) words='--plan --lock-wait --lock-timeout --statement-timeout --transaction --resume-edited --allow-missing --tenants --shard -x -j --jobs --canary --continue --max-failures --share -y --yes --json --quiet --verbose --show-data --database-url -h --help' ;;
    edit) words='--json --quiet --verbose --show-data --database-url -h --help' ;;
    heads) words='--json --quiet --verbose --show-data --database-url -h --help' ;;
    history) words='--tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help' ;;
    import) words='--offline-sql --section --python --alembic-x --up --down --allow-network --baseline --line --search-path --version-table --version-schema --keep --lock-wait --json --quiet --verbose --show-data --database-url -h --help' ;;
    init) words='--baseline --trust-live --without-baseline --json --quiet --verbose --show-data --database-url -h --help' ;;
    lint) words='--changed --trust-live --level --format --json --quiet --verbose --show-data --database-url -h --help' ;;
    merge) words='--splice --label --rev-id --sql-file --json --quiet --verbose --show-data --database-url -h --help' ;;
    revision) words='--head --splice --label --depends-on --rev-id --irreversible --sql-file --json --quiet --verbose --show-data --database-url -h --help' ;;
    run-migrations) words='--wait --text --check-heads --plan --lock-wait --lock-timeout --statement-timeout --transaction --resume-edited --allow-missing --replay --tenants --shard -x -j --jobs --canary --continue --max-failures --share --json --quiet --verbose --show-data --database-url -h --help' ;;
    show) words='--json --quiet --verbose --show-data --database-url -h --help' ;;
    sql) words='--downgrade --review --transaction --allow-missing --tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help' ;;
    stamp) words='--from-log --purge --plan --tenants --shard -x --canary --continue --max-failures --lock-wait --json --quiet --verbose --show-data --database-url -h --help' ;;
    status) words='--tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help' ;;
    surroundings) words='--json --quiet --verbose --show-data --database-url -h --help' ;;
    tenant-create) words='--from-template --template --shard -x --json --quiet --verbose --show-data --database-url -h --help' ;;
    tenant-drop) words='-y --yes --shard --lock-wait --json --quiet --verbose --show-data --database-url -h --help' ;;
    tenants) words='--tenants --shard -x --summary --fast --json --quiet --verbose --show-data --database-url -h --help' ;;
    unlock) words='--force --tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help' ;;
    upgrade) words='--plan --lock-wait --lock-timeout --statement-timeout --transaction --resume-edited --allow-missing --replay --tenants --shard -x -j --jobs --canary --continue --max-failures --share --json --quiet --verbose --show-data --database-url -h --help' ;;
    verify) words='--changed --announce --trust-live --junit --json --quiet --verbose --show-data --database-url -h --help' ;;
    *) words= ;;
  esac
  case ${COMP_WORDS[COMP_CWORD-1]} in
    --renames) words='off' ;;
    --transaction) words='revision run' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _just_mig just-mig
