import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { EmitEvent, TenantFacts } from '../../events.ts'

export interface TargetFailure {
  readonly target: TargetSchema
  readonly error: MigError
}

export type Tally = ReturnType<typeof tally>

/** Counts what becomes of tenants, and tells it. */
export function tally(total: number, emit: EmitEvent) {
  const started = performance.now()
  const failures: TargetFailure[] = []
  let [done, steps, gone] = [0, 0, 0]
  let slowest: { readonly targetSchema: string; readonly ms: number } | null = null

  function tellProgress(tenant: TargetSchema, ms: number): void {
    if (slowest === null || ms > slowest.ms) slowest = { targetSchema: tenant.schema, ms }
    const settled = done + gone + failures.length
    const seconds = (performance.now() - started) / 1000
    const perSecond = seconds > 0 ? settled / seconds : null
    const left = total - settled
    emit({
      ...{
        event: 'tenants-progress',
        line: tenant.line,
        done,
        failed: failures.length,
        left,
        total,
        slowest,
      },
      perSecond,
      secondsLeft: perSecond === null || perSecond === 0 ? null : left / perSecond,
    })
  }

  return {
    done(tenant: TargetSchema, taken: number, ms: number) {
      done += 1
      steps += taken
      emit({ event: 'tenant-done', ...tenantFacts(tenant), steps: taken, ms })
      tellProgress(tenant, ms)
    },
    failed(tenant: TargetSchema, error: MigError, ms: number) {
      failures.push({
        target: tenant,
        error: failures.length < failuresInFull ? error : withoutDetails(error),
      })
      emit({ event: 'tenant-failed', ...tenantFacts(tenant), code: error.code, message: error.message, ms })
      tellProgress(tenant, ms)
    },
    /** Somebody has dropped it, and the source no longer lists it. */
    gone(tenant: TargetSchema, ms: number) {
      gone += 1
      const message = `${tenant.schema} is gone: it was dropped during the run, and line ${tenant.line} no longer lists it`
      const help = 'nothing to do if it was dropped on purpose; the ledger keeps its log'
      emit({ event: 'warning', code: 'tenant-gone', message, help })
      tellProgress(tenant, ms)
    },
    failures: (): readonly TargetFailure[] => failures,
    totals: () => ({ done, steps, gone, total }),
  }
}

/** Later ones keep what they say; with causes, statements and stacks thousands of them would fill the memory. */
const failuresInFull = 100

function withoutDetails({ code, message, help, exitCode }: MigError): MigError {
  const error = new MigError(code, message, { exitCode, ...(help === undefined ? {} : { help }) })
  error.stack = `${error.name}: ${message}`
  return error
}

export function tenantFacts({ line, schema, shard }: TargetSchema): TenantFacts {
  return { line, targetSchema: schema, shard }
}
