// just mig-current [schemas] [flags]
import { currentStandings, exitCodes, type Standing } from '../migrations/core/index.ts'
import { type Column, countOf, durationText, relativeTime, table } from '../migrations/core/report/index.ts'
import { runCommand, usingProject } from './shared/command.ts'
import { schemasArgument } from './shared/schemas-argument.ts'

const spec = {
  name: 'mig-current',
  summary: 'Shows what is applied in each schema, and how far behind its heads it is.',
  positionals: { schemas: schemasArgument },
  flags: { 'check-heads': { help: 'exit 1 unless every schema is at its heads' } },
  examples: ['just mig-current', 'just mig-current user --verbose', 'just mig-current --check-heads'],
}

const columns: readonly Column<Standing>[] = [
  { title: 'line', value: (row) => row.line },
  { title: 'schema', value: (row) => row.targetSchema },
  { title: 'revision', value: (row) => row.revision ?? 'base' },
  { title: 'state', value: stateText },
  { title: 'message', value: (row) => row.message },
]

const details: readonly Column<Standing>[] = [
  {
    title: 'when',
    value: (row) =>
      row.last && `${row.last.at.toISOString().slice(0, 19)}Z (${relativeTime(row.last.at, new Date())})`,
  },
  { title: 'who', value: (row) => row.last && `${row.last.who}, ${row.last.host ?? '-'}` },
  { title: 'took', value: (row) => (row.last?.durationMs == null ? '' : durationText(row.last.durationMs)) },
]

function stateText({ state, behind }: Standing): string {
  if (state === 'missing') return 'no file has it'
  return behind === 0 ? 'head' : `${behind} behind`
}

export const main = (): Promise<void> =>
  runCommand(spec, (command) =>
    usingProject(command, async (session, project) => {
      const { output, flags } = command
      const rows = await currentStandings(session, project, output.json || flags.verbose === true)
      const shown = table(flags.verbose ? [...columns, ...details] : columns, rows, { style: output.style })
      output.result(shown, ...rows.map((row) => ({ event: 'current' as const, ...row })))
      const late = rows.filter((row) => row.state !== 'head')
      if (!flags['check-heads'] || late.length === 0) return exitCodes.done
      output.remark(`${countOf(late.length, 'schema')} not at head; just mig-upgrade`)
      return exitCodes.differences
    }),
  )
