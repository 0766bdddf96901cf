import { expect, test } from 'vitest'
import { programHistory } from '../../../migrations/core/adopt/programs/history.ts'
import { programTools } from '../../../migrations/core/adopt/programs/tools.ts'

test.for([
  ['20240131120000_create_users.js', 'create users', '2024-01-31T12:00:00Z'],
  ['1700000000000_create-users', 'create users', '2023-11-14T22:13:20Z'],
  ['CreateUsers1700000000000', 'create users', '2023-11-14T22:13:20Z'],
  ['20240324T085400-uuid_v7_fn', 'uuid v7 fn', '2024-03-24T08:54:00Z'],
  ['20240324T086100-add-workspace-fk', 'add workspace fk', '2024-03-24T00:00:00Z'],
  ['001_things', 'things', undefined],
] as const)(
  'a migration is named by its words, and has the time of its digits: %s',
  ([name, message, createdAt]) => {
    const [tool] = programTools
    if (tool === undefined) throw new Error('there is a tool')
    const recording = {
      names: [name],
      ledger: { schema: 'public', table: 'migrations' },
      upgrades: new Map(),
      downgrades: new Map(),
      varying: new Set<string>(),
    }
    const { history } = programHistory(tool, { ...recording, databases: ['a', 'b'] }, [], (path) => path)
    expect(history.revisions).toMatchObject([{ message, createdAt }])
  },
)
