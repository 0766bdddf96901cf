import {
  type Plan,
  type PlanRequest,
  type Project,
  type RunResult,
  stepFacts,
} from '../../migrations/core/index.ts'
import { countOf, durationText, planText } from '../../migrations/core/report/index.ts'
import type { Command } from './command.ts'

/** What the arguments of mig-upgrade and mig-downgrade ask for. */
export function planRequest(
  direction: 'upgrade' | 'downgrade',
  { positionals, flags }: Command,
): PlanRequest {
  return {
    direction,
    target: positionals.target ?? '',
    allowMissing: flags['allow-missing'] === true,
    resumeEdited: flags['resume-edited'] === true,
  }
}

export function showPlan({ output }: Command, planned: Plan['steps']): void {
  const steps = planned.map(stepFacts)
  output.result(output.level === 'quiet' ? '' : planText(steps, output.style), { event: 'plan', steps })
}

/** A run that moves nothing says where the lines stand. */
export function sayNothingToDo({ output }: Command, project: Project, plan: Plan): void {
  const { env } = project
  const lines = env.filter.map((line) => {
    const schema = env.schemas[line] ?? line
    return { line, targetSchema: schema, revisions: plan.applied.get(schema) ?? [] }
  })
  const text = lines.map(
    ({ targetSchema, revisions }) => `${targetSchema} at ${revisions.join(', ') || 'base'}`,
  )
  output.result(`nothing to do: ${text.join('; ')}`, { event: 'done', steps: 0, ms: 0, lines })
}

export function showResult({ output }: Command, result: RunResult): void {
  const { steps, ms, direction } = result
  const verb = direction === 'upgrade' ? 'applied' : 'took back'
  output.result(
    output.level === 'quiet'
      ? ''
      : output.style.good(`${verb} ${countOf(steps.length, 'revision')} in ${durationText(ms)}`),
    { event: 'done', direction, steps: steps.length, ms },
  )
}
