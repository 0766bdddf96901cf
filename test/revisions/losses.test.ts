import { describe, expect, test } from 'vitest'
import {
  announces,
  type Loss,
  lossLine,
  lossText,
  qualifiedLoss,
  renderRevisionFile,
} from '../../migrations/core/revisions/index.ts'
import { readAsUser, refusal, temporaryFolder } from './revision-folder.ts'

const root = temporaryFolder()

const heads = {
  ts: (lines: string) => ({
    'a.ts': `// of a team\n/**\n * m\n *\n * Revision: a1\n${lines.replace(/^/gm, ' * ')}\n */\nexport const revision = 'a1'\nexport const downRevision = null\nexport async function upgrade() {}\n`,
  }),
  sql: (lines: string) => ({
    'a.sql': `-- m\n--\n-- Revision: a1\n-- Revises: base\n${lines.replace(/^/gm, '-- ')}\n\n-- upgrade\n-- downgrade\n`,
  }),
}

describe.each(['ts', 'sql'] as const)('the head of a .%s revision', (format) => {
  test('says what each side loses', () => {
    const [file] = readAsUser(
      root,
      heads[format](`Upgrade loses: table app.p
Downgrade loses: column app.t."V v"

upgrade loses:  Values of column app.t.c   (its new type (int) has no place for them)
Downgrade loses: rows of table x`),
    )
    expect(file?.losses).toEqual({
      upgrade: [
        { kind: 'table', name: ['app', 'p'] },
        { kind: 'values', name: ['app', 't', 'c'], reason: 'its new type (int) has no place for them' },
      ],
      downgrade: [
        { kind: 'column', name: ['app', 't', 'V v'] },
        { kind: 'rows', name: ['x'] },
      ],
    })
    expect(readAsUser(root, heads[format](''))[0]).not.toHaveProperty('losses')
  })

  test.each([
    '',
    'app.p',
    'index app.i',
    'table',
    'table app.',
    'column c',
    'table a.b.c',
    'table "a',
    'table a b',
  ])('is refused with file and line where a loss is %j', (text) => {
    const line = format === 'ts' ? 7 : 6
    const error = refusal(() => readAsUser(root, heads[format](`\nUpgrade loses: ${text}`)))
    expect(error).toMatchObject({ code: 'unreadable-loss', place: { line } })
    expect(error.message).toContain(`a.${format}:${line}: Upgrade loses:`)
  })

  test.each([
    ['app', 'Mixed "case"'],
    ['app', 'a.b*/ (c)'],
    ['app', 'line\nbreak \\0041 \u202E'],
    ['ключ', '1st'],
  ])('reads back the table %j of %j', (...name) => {
    const loss: Loss = { kind: 'table', name, reason: 'why */ not' }
    const text = renderRevisionFile({
      format,
      revision: 'a1',
      downRevision: null,
      dependsOn: [],
      branchLabels: [],
      message: 'm',
      createdAt: new Date(0),
      headerNotes: [lossLine('upgrade', loss)],
      typesImport: './core.ts',
    })
    expect(readAsUser(root, { [`a.${format}`]: text })[0]?.losses?.upgrade).toEqual([loss])
  })
})

test('a loss is written as SQL writes names, quoted where they need it', () => {
  expect(lossText({ kind: 'column', name: ['app', 't', 'Name'] })).toBe('column app.t."Name"')
  expect(lossText({ kind: 'rows', name: ['x'], reason: 'why' })).toBe('rows of table x (why)')
})

test('an announcement speaks of the same thing, or of what that is in', () => {
  const loss = (kind: Loss['kind'], ...name: string[]): Loss => ({ kind, name })
  const values = loss('values', 'app', 't', 'c')
  expect(announces(loss('values', 'app', 't', 'c'), values)).toBe(true)
  expect(announces(loss('column', 'app', 't', 'c'), values)).toBe(true)
  expect(announces(loss('table', 'app', 't'), values)).toBe(true)
  expect(announces(loss('values', 'app', 't', 'd'), values)).toBe(false)
  expect(announces(values, loss('column', 'app', 't', 'c'))).toBe(false)
  expect(announces(values, loss('table', 'app', 't'))).toBe(false)
  expect(announces(qualifiedLoss(loss('column', 't', 'c'), 'app'), values)).toBe(true)
})
