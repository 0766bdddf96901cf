import type { ErrorPlace } from './errors.ts'

/** A session that holds a lock for which a command waits, from pg_stat_activity. */
export interface LockHolder {
  readonly pid: number
  /** Its application_name. */
  readonly application: string
  readonly user: string
  /** The client's address; empty for a local socket. */
  readonly host: string
  /** When its session (advisory lock) or transaction (blocker) began, ISO 8601. */
  readonly since: string
  /** As in pg_stat_activity. */
  readonly state: string
  /** Cut to 200 characters, without the strings in it. */
  readonly query: string
  /**
   * Of who holds a run's lock: for how many seconds its session has had nothing to do, 0 while it runs a statement,
   * null where the server does not let us see it.
   */
  readonly silentFor?: number | null
  /** Of who holds a run's lock: whether its connection comes from the same address as ours. */
  readonly isNear?: boolean
  /**
   * Of who holds a run's lock: whether its role may write the ledger, as a runner's must; null where there is no ledger.
   * Whoever may connect can take the lock, under any application name.
   */
  readonly mayRun?: boolean | null
}

/** Data that a step loses, by what the header of its file says. */
export interface StepLoss {
  /** `column rfx_user.profile.email`: names quoted as SQL identifiers where they need it. */
  readonly loss: string
  /** The rows that hold it now; absent where that is not known. */
  readonly rows?: number
  /** True where `rows` is the planner's estimate: there are more than 10,000, or counting would take long. */
  readonly estimated?: boolean
}

/** One step of a plan. */
export interface StepFacts {
  /** The full id. */
  readonly revision: string
  readonly direction: 'upgrade' | 'downgrade'
  /** The schema key whose folder holds the revision. */
  readonly line: string
  /** The physical schema, unquoted. */
  readonly targetSchema: string
  readonly message: string
  /** Set when the step is in the plan only because another line depends on it. */
  readonly neededBy?: string
  /** Set when the revision was put below this applied one, and runs after it. */
  readonly below?: string
  /** Why nothing reverts it, where its file says so. */
  readonly irreversible?: string
  /** What it loses, where its file says so. */
  readonly losses?: readonly StepLoss[]
  /** In a plan: steps with the same number will share a transaction, unless the server refuses one of their statements. */
  readonly batch?: number
  /** The ledger's rows of the target schema after the step. */
  readonly appliedAfter: readonly string[]
}

/** A tenant. */
export interface TenantFacts {
  readonly line: string
  readonly targetSchema: string
  readonly shard: string | null
}

/** How far a run over many tenants is. */
export interface TenantsProgress {
  readonly line: string
  readonly done: number
  readonly failed: number
  readonly left: number
  readonly total: number
  /** Tenants per second since the run began. */
  readonly perSecond: number | null
  readonly secondsLeft: number | null
  readonly slowest: { readonly targetSchema: string; readonly ms: number } | null
}

/** What core reports while it works; `scripts/` and `report/` turn it into text or JSON lines. */
export type MigEvent =
  /** The steps that the command will take, before any is taken. */
  | { readonly event: 'plan'; readonly steps: readonly StepFacts[] }
  /** The embedded server, when a command uses it. */
  | {
      readonly event: 'server'
      readonly state: 'creating' | 'starting' | 'started' | 'recovered' | 'stopped'
      /** For people. */
      readonly detail: string
    }
  /** Another runner holds the lock of a target schema. Told again while the wait goes on. */
  | {
      readonly event: 'lock-wait'
      readonly targetSchema: string
      /** Absent when it cannot be seen. */
      readonly holder: LockHolder | undefined
      readonly waitedMs: number
    }
  | ({ readonly event: 'step-start'; readonly index: number; readonly total: number } & StepFacts)
  /** A statement that has run. */
  | {
      readonly event: 'statement'
      readonly targetSchema: string
      readonly revision: string
      /** As it was sent. */
      readonly sql: string
      readonly ms: number
      /** Rows affected; null when the statement has no count. */
      readonly rows: number | null
    }
  /** What the server says with RAISE or by itself. */
  | { readonly event: 'notice'; readonly severity: string; readonly message: string }
  /** A revision met a lock or a deadlock, or lost its connection, was rolled back, and will be tried again. */
  | {
      readonly event: 'retry'
      readonly revision: string
      readonly targetSchema: string
      /** The attempt that failed, from 1. */
      readonly attempt: number
      /** `55P03`, `40P01`, or that of a lost connection. */
      readonly sqlState: string
      /** Until the next attempt. */
      readonly delayMs: number
      readonly blockers: readonly LockHolder[]
    }
  /** How far a long piece of work inside a step is. */
  | {
      readonly event: 'progress'
      readonly revision: string
      readonly targetSchema: string
      /** For people. */
      readonly what: string
      readonly done: number
      /** Null when not known. */
      readonly total: number | null
      /** Of `done` and `total`, as `rows`. */
      readonly unit: string
      readonly perSecond: number | null
      readonly secondsLeft: number | null
    }
  /** The step and its ledger rows are committed, or, with one transaction for the run, ready to be. */
  | ({
      readonly event: 'step-done'
      /** From 1. */
      readonly index: number
      readonly total: number
      readonly ms: number
    } & StepFacts)
  /** What will be done on the tenants of a line, before it is done. */
  | {
      readonly event: 'tenant-plan'
      readonly line: string
      /** `upgrade` or `downgrade`. */
      readonly direction: 'upgrade' | 'downgrade'
      /** As given. */
      readonly target: string
      /** How many tenants the command is for, the first and the last of them in their order. */
      readonly tenants: number
      readonly first: string | null
      readonly last: string | null
      /** Tenants in the same state, which take the same steps; none for those with nothing to do. */
      readonly groups: readonly {
        readonly applied: readonly string[]
        readonly steps: readonly string[]
        /** The applied heads after the steps. */
        readonly after: readonly string[]
        readonly tenants: number
        /** What each of them loses, without a schema; `rows` are those of all of them. */
        readonly losses?: readonly StepLoss[]
        /** The steps that will share a transaction, a list for each transaction. */
        readonly batches?: readonly (readonly string[])[]
      }[]
      /** Tenants for which there is no plan, as those of a database that does not answer; only where there are any. */
      readonly refused?: number
    }
  | ({ readonly event: 'tenant-done'; readonly steps: number; readonly ms: number } & TenantFacts)
  | ({
      readonly event: 'tenant-failed'
      /** Stable, without the `MIG-` prefix. */
      readonly code: string
      readonly message: string
      readonly ms: number
    } & TenantFacts)
  /** How far a run over tenants is; one after each tenant. */
  | ({ readonly event: 'tenants-progress' } & TenantsProgress)
  | {
      readonly event: 'warning'
      /** Stable, without the `MIG-` prefix. */
      readonly code: string
      readonly message: string
      readonly help?: string
      readonly place?: ErrorPlace
    }

export type EmitEvent = (event: MigEvent) => void

/**
 * The states after which a step is tried again, and what it met: lock_not_available, deadlock_detected and
 * serialization_failure (manual, appendix A). The last comes where a role's transactions are not READ COMMITTED.
 */
export const retriedStates: Readonly<Record<string, string>> = {
  '55P03': 'could not get a lock',
  '40P01': 'met a deadlock',
  '40001': 'met a change of the same rows by another transaction',
}
