# Completion of just-mig, written by npm run docs:reference from the specs of its commands.
# In ~/.bashrc: eval "$(npx just-mig completion bash)"
_just_mig_keys() {
  "${COMP_WORDS[0]}" completion keys 2>/dev/null | tr '\n' ' '
}
_just_mig() {
  local words before= cur=${COMP_WORDS[COMP_CWORD]} at=1 i
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W 'autogen branches check completion current db-psql db-reset db-start db-stop db-url downgrade downgrade-all edit heads history import init lint merge revision run-migrations show sql stamp status surroundings tenant-create tenant-drop tenants unlock upgrade verify' -- "$cur"))
    return
  fi
  for ((i = 2; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --tenants|--rename|--renames|--using|--recreate|--database-url|--shard|-x|-c|--command|--lock-wait|--lock-timeout|--statement-timeout|--transaction|-j|--jobs|--canary|--max-failures|--offline-sql|--section|--python|--alembic-x|--up|--down|--line|--search-path|--version-table|--version-schema|--level|--format|--label|--rev-id|--head|--depends-on|--irreversible|--wait|--template|--force|--junit) ((i++)) ;;
      -[0-9]*) ((at++)) ;;
      -*) ;;
      *) ((at++)) ;;
    esac
  done
  case ${COMP_WORDS[1]} in
    autogen) words='--plan --sql-file --from-history --adopt --strict --online --privileges --keep --tenants --trust-live --rename --renames --using --recreate --json --quiet --verbose --show-data --database-url -h --help'; case $at in 2) words+=" $(_just_mig_keys)" ;; esac ;;
    branches) words='--json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" $(_just_mig_keys)" ;; esac ;;
    check) words='--sql --drift --privileges --trust-live --tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" $(_just_mig_keys)" ;; esac ;;
    completion) words=''; case $at in 1) words+=" bash zsh fish" ;; esac ;;
    current) words='--check-heads --tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" $(_just_mig_keys)" ;; esac ;;
    db-psql) words='-c --command --json --quiet --verbose --show-data --database-url -h --help'; ;;
    db-reset) words='-y --yes --json --quiet --verbose --show-data --database-url -h --help'; ;;
    db-start) words='--json --quiet --verbose --show-data --database-url -h --help'; ;;
    db-stop) words='--json --quiet --verbose --show-data --database-url -h --help'; ;;
    db-url) words='--json --quiet --verbose --show-data --database-url -h --help'; ;;
    downgrade) words='--plan --lock-wait --lock-timeout --statement-timeout --transaction --resume-edited --allow-missing --tenants --shard -x -j --jobs --canary --continue --max-failures --share -y --yes --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" -1 base" ;; 2) words+=" $(_just_mig_keys)" ;; esac ;;
    downgrade-all) words='--plan --lock-wait --lock-timeout --statement-timeout --transaction --resume-edited --allow-missing --tenants --shard -x -j --jobs --canary --continue --max-failures --share -y --yes --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" $(_just_mig_keys)" ;; esac ;;
    edit) words='--json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" head" ;; esac ;;
    heads) words='--json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" $(_just_mig_keys)" ;; esac ;;
    history) words='--tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" $(_just_mig_keys)" ;; esac ;;
    import) words='--offline-sql --section --python --alembic-x --up --down --allow-network --baseline --line --search-path --version-table --version-schema --keep --lock-wait --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" alembic drizzle prisma flyway golang-migrate morph sqlx diesel supabase knex typeorm node-pg-migrate kysely sequelize mikro-orm sql" ;; 3) words+=" $(_just_mig_keys)" ;; esac ;;
    init) words='--baseline --privileges --trust-live --without-baseline --without-privileges --json --quiet --verbose --show-data --database-url -h --help'; ;;
    lint) words='--changed --trust-live --level --format --json --quiet --verbose --show-data --database-url -h --help'; case $at in 2) words+=" $(_just_mig_keys)" ;; esac ;;
    merge) words='--splice --label --rev-id --sql-file --json --quiet --verbose --show-data --database-url -h --help'; ;;
    revision) words='--head --splice --label --depends-on --rev-id --irreversible --sql-file --json --quiet --verbose --show-data --database-url -h --help'; case $at in 2) words+=" $(_just_mig_keys)" ;; esac ;;
    run-migrations) words='--wait --text --check-heads --plan --lock-wait --lock-timeout --statement-timeout --transaction --resume-edited --allow-missing --tenants --shard -x -j --jobs --canary --continue --max-failures --share --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" upgrade downgrade stamp current history check" ;; esac ;;
    show) words='--json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" head" ;; esac ;;
    sql) words='--downgrade --review --transaction --allow-missing --tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" head +1 -1 base" ;; 2) words+=" $(_just_mig_keys)" ;; esac ;;
    stamp) words='--from-log --purge --plan --tenants --shard -x --canary --continue --max-failures --lock-wait --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" head heads base" ;; 2) words+=" $(_just_mig_keys)" ;; esac ;;
    status) words='--tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" $(_just_mig_keys)" ;; esac ;;
    surroundings) words='--json --quiet --verbose --show-data --database-url -h --help'; ;;
    tenant-create) words='--from-template --template --shard -x --json --quiet --verbose --show-data --database-url -h --help'; case $at in 2) words+=" $(_just_mig_keys)" ;; esac ;;
    tenant-drop) words='-y --yes --shard --lock-wait --json --quiet --verbose --show-data --database-url -h --help'; case $at in 2) words+=" $(_just_mig_keys)" ;; esac ;;
    tenants) words='--tenants --shard -x --summary --fast --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" $(_just_mig_keys)" ;; esac ;;
    unlock) words='--force --tenants --shard -x --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" $(_just_mig_keys)" ;; esac ;;
    upgrade) words='--plan --lock-wait --lock-timeout --statement-timeout --transaction --resume-edited --allow-missing --tenants --shard -x -j --jobs --canary --continue --max-failures --share --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" head heads +1" ;; 2) words+=" $(_just_mig_keys)" ;; esac ;;
    verify) words='--changed --announce --trust-live --junit --json --quiet --verbose --show-data --database-url -h --help'; case $at in 1) words+=" $(_just_mig_keys)" ;; esac ;;
    *) words= ;;
  esac
  case ${COMP_WORDS[COMP_CWORD-1]} in
    --renames) words='off' ;;
    --transaction) words='revision run batch' ;;
  esac
  # Several schema keys have commas between them.
  case $cur in *,*) before=${cur%,*}, ;; esac
  COMPREPLY=($(compgen -P "$before" -W "$words" -- "${cur##*,}"))
}
complete -o default -F _just_mig just-mig
