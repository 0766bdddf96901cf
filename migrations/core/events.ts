import type { ErrorPlace } from './errors.ts'

/** Who holds a lock that a command waits for, from pg_stat_activity. */
export interface LockHolder {
  readonly pid: number
  readonly application: string
  readonly user: string
  readonly host: string
  /** When its session (advisory lock) or transaction (blocker) began, ISO 8601. */
  readonly since: string
  readonly state: string
  /** Cut to 200 characters. */
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

/** Data that a step loses, by what the head of its file says. */
export interface StepLoss {
  /** `column rfx_user.profile.email`: names quoted as SQL identifiers where they need it. */
  readonly loss: string
  /** The rows that hold it now; absent where that is not known. */
  readonly rows?: number
  /** The planner's estimate, where counting would take long. */
  readonly estimated?: boolean
}

/** One step of a plan as events and `--json` show it. */
export interface StepFacts {
  readonly revision: string
  readonly direction: 'upgrade' | 'downgrade'
  readonly line: string
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
  /** The ledger's rows of the target schema after the step. */
  readonly appliedAfter: readonly string[]
}

/** A tenant as events and `--json` show it. */
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

/** What core tells while it works; `scripts/` and `report/` turn it into text or JSON lines. */
export type MigEvent =
  | { readonly event: 'plan'; readonly steps: readonly StepFacts[] }
  | {
      readonly event: 'server'
      readonly state: 'creating' | 'starting' | 'started' | 'recovered' | 'stopped'
      readonly detail: string
    }
  | {
      readonly event: 'lock-wait'
      readonly targetSchema: string
      readonly holder: LockHolder | undefined
      readonly waitedMs: number
    }
  | { readonly event: 'schema-created'; readonly targetSchema: string }
  | ({ readonly event: 'step-start'; readonly index: number; readonly total: number } & StepFacts)
  | {
      readonly event: 'statement'
      readonly targetSchema: string
      readonly revision: string
      readonly sql: string
      readonly ms: number
      readonly rows: number | null
    }
  | { readonly event: 'notice'; readonly severity: string; readonly message: string }
  | {
      readonly event: 'retry'
      readonly revision: string
      readonly targetSchema: string
      readonly attempt: number
      readonly sqlState: string
      readonly delayMs: number
      readonly blockers: readonly LockHolder[]
    }
  | {
      readonly event: 'progress'
      readonly revision: string
      readonly targetSchema: string
      readonly what: string
      readonly done: number
      readonly total: number | null
      readonly unit: string
      readonly perSecond: number | null
      readonly secondsLeft: number | null
    }
  | ({
      readonly event: 'step-done'
      readonly index: number
      readonly total: number
      readonly ms: number
    } & StepFacts)
  | {
      readonly event: 'tenant-plan'
      readonly line: string
      readonly direction: 'upgrade' | 'downgrade'
      readonly target: string
      /** How many tenants the command is for, the first and the last of them in their order. */
      readonly tenants: number
      readonly first: string | null
      readonly last: string | null
      /** Tenants that stand alike and so have the same steps before them; none for those with nothing to do. */
      readonly groups: readonly {
        readonly applied: readonly string[]
        readonly steps: readonly string[]
        /** The applied heads after the steps. */
        readonly after: readonly string[]
        readonly tenants: number
        /** What each of them loses, without a schema; `rows` are those of all of them. */
        readonly losses?: readonly StepLoss[]
      }[]
      /** Tenants for which there is no plan, as those of a database that does not answer; only where there are any. */
      readonly refused?: number
    }
  | ({ readonly event: 'tenant-done'; readonly steps: number; readonly ms: number } & TenantFacts)
  | ({
      readonly event: 'tenant-failed'
      readonly code: string
      readonly message: string
      readonly ms: number
    } & TenantFacts)
  | ({ readonly event: 'tenants-progress' } & TenantsProgress)
  | {
      readonly event: 'warning'
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
