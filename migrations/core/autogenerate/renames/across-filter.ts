import { namedKindWord, type Rename } from '../../difference/index.ts'
import { shellWord } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { filteredSchemas } from '../../scratch/lines.ts'
import { nameText, newNameText, readName } from '../questions/names.ts'
import type { ModelInput } from '../wanted/input.ts'
import { type RenameDecisions, renameText } from './settle.ts'

type Lines = Pick<ModelInput, 'lines' | 'filter'>

/** The schemas of the lines outside the filter. A tenant line's has a stand-in, which nothing can move to. */
export function schemasOutside(input: Lines): readonly string[] {
  const filtered = filteredSchemas(input)
  return input.lines
    .filter((line) => !line.tenant && !filtered.includes(line.schema))
    .map((line) => line.schema)
}

/**
 * Refuses what could be a move between a line of the filter and one outside of it: as a drop it would lose the rows, and
 * the filter says that the other line is not to be touched.
 * @throws MigError `decision-needed` (exit 4) with the filter that the move needs
 */
export function expectNoMove(
  moves: readonly Rename[],
  { others }: Pick<RenameDecisions, 'others'>,
  input: Lines,
): void {
  const [first] = moves
  if (others === 'off' || first === undefined) return
  const list = moves.map((move) => `  ${renameText(move)}`).join('\n')
  const wider = command(input, [first.from.schema, first.to.schema], renameText(first))
  const otherwise = `a move needs both lines: ${wider}; with --renames=off they are drops and adds, and their data is lost`
  throw new MigError(
    'decision-needed',
    `these could be moves to or from a line outside the schema filter, or drops and adds that lose data:\n${list}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: otherwise,
      facts: {
        moves: moves.map(({ from, to }) => ({
          kind: namedKindWord(from.kind),
          from: nameText(from),
          to: newNameText(from, to),
        })),
        otherwise,
      },
    },
  )
}

/**
 * Refuses a `--rename` that names a schema of a line outside the filter.
 * @throws MigError `outside-filter`, `bad-flag`
 */
export function expectInside(given: RenameDecisions['given'], input: Lines): void {
  const outside = schemasOutside(input)
  for (const [old, next] of Object.entries(given)) {
    const [from, to] = [readName(old), readName(next)]
    const schemas = [from.parts[0] ?? '', ...(to.parts.length === 2 ? [to.parts[0] ?? ''] : [])]
    const [first] = schemas.filter((schema) => outside.includes(schema))
    if (first === undefined) continue
    throw new MigError(
      'outside-filter',
      `--rename ${old}=${next}: ${first} is outside the schema filter ${input.filter.join(',')}`,
      { help: command(input, schemas, `${old}=${next}`) },
    )
  }
}

/** The command with the lines of some schemas added to its filter. */
function command({ lines, filter }: Lines, schemas: readonly string[], rename: string): string {
  const keys = lines.filter(({ key, schema }) => filter.includes(key) || schemas.includes(schema))
  return `just mig-autogen "…" ${keys.map(({ key }) => key).join(',')} --rename ${shellWord(rename)}`
}
