# The recipes of the justfile for users of make; `make db-help` lists them. SCHEMA= is the schema filter of each:
# one key, or several with commas between them. Further flags go into FLAGS, as in FLAGS=--plan: words of the shell's,
# which quotes hold together, and which therefore are no place for text of others.

SCHEMA ?=
MSG ?=
REV ?=
REVS ?=
YES ?=
FLAGS ?=

# Taken as they were typed and handed over in the environment: neither make nor the shell finds anything to
# expand in them, whatever a message says.
override SCHEMA := $(value SCHEMA)
override MSG := $(value MSG)
override REV := $(value REV)
override REVS := $(value REVS)
export SCHEMA MSG REV REVS
# Not expanded by make either; the shell reads FLAGS as part of the command line.
override FLAGS := $(value FLAGS)
override YES := $(value YES)

# `exec` before it leaves no shell between make and the runner: a signal that make hands on reaches it.
MIG := node scripts/launch.mjs
needs = @test -n "$$$(1)" || { echo 'error: $@ needs $(1)=, as in: make $@ $(1)=$(2)' >&2; exit 2; }

.PHONY: db-help db-upgrade db-downgrade db-downgrade-all db-stamp db-revision db-revision-empty db-merge \
	db-current db-history db-show db-branches db-check

db-help: ## This list
	@sed -n 's/^\(db-[a-z-]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20
	@echo 'FLAGS= has further flags, as in FLAGS=--plan. It is read by the shell, which expands $$ and ` in it: quote them.'

db-upgrade: ## Apply pending revisions; REV= is the target (head)
	@exec $(MIG) mig-upgrade "$${REV:-head}" "$$SCHEMA" $(FLAGS)

db-downgrade: ## Revert the newest revision; REV= is another target
	@exec $(MIG) mig-downgrade "$${REV:--1}" "$$SCHEMA" $(FLAGS)

db-downgrade-all: ## Revert every revision (asks; YES=1 does not)
	@exec $(MIG) mig-downgrade-all "$$SCHEMA" $(if $(YES),--yes) $(FLAGS)

db-stamp: ## Write REV= into the ledger without running anything
	$(call needs,REV,head)
	@exec $(MIG) mig-stamp "$$REV" "$$SCHEMA" $(FLAGS)

db-revision: ## Write the revisions that lead to the models; MSG= says what for
	$(call needs,MSG,"add a column")
	@exec $(MIG) mig-autogen $(FLAGS) -- "$$MSG" "$$SCHEMA"

db-revision-empty: ## Write empty revisions; MSG= says what for
	$(call needs,MSG,"add a column")
	@exec $(MIG) mig-revision $(FLAGS) -- "$$MSG" "$$SCHEMA"

db-merge: ## Join the heads REVS= (commas between them), or all of SCHEMA=; MSG= says what for
	@test -n "$$REVS$$SCHEMA" || { echo 'error: db-merge needs REVS= or SCHEMA=, as in: make db-merge SCHEMA=user' >&2; exit 2; }
	@exec $(MIG) mig-merge $(FLAGS) -- "$${REVS:-$$SCHEMA@heads}" "$${MSG:-merge}"

db-current: ## What is applied, and how far behind it is
	@exec $(MIG) mig-current "$$SCHEMA" $(FLAGS)

db-history: ## The revision graph, newest first
	@exec $(MIG) mig-history "$$SCHEMA" $(FLAGS)

db-show: ## The SQL of revision REV=, or what is pending up to REV=head or a merge, for review
	$(call needs,REV,1d9a3be8f056)
	@exec $(MIG) mig-sql "$$REV" "$$SCHEMA" --review $(FLAGS)

db-branches: ## Revisions with more than one child
	@exec $(MIG) mig-branches "$$SCHEMA" $(FLAGS)

db-check: ## Do the models and the database differ?
	@exec $(MIG) mig-check "$$SCHEMA" $(FLAGS)
