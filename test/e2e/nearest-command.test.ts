import { expect, test } from 'vitest'
import { unknownCommand } from '../../scripts/cli/nearest-command.mjs'

test.each([
  [['autogenerate'], 'did you mean mig-autogen?'],
  [['migrate'], 'did you mean mig-upgrade?'],
  [['mig-upgarde'], 'did you mean mig-upgrade?'],
  [['db'], 'did you mean db-psql, db-reset?'],
  [['xyz'], 'just --list lists them'],
  [['-x', 'schemas=a', 'upgrade'], 'flags come after the command: just mig-upgrade …'],
  [['--database-url=secret', 'db-psql'], 'flags come after the command: just db-psql …'],
  [['-c', 'alembic.ini', 'history'], 'MIG_DIR says which folder has env.ts'],
] as const)('a command that does not exist gets the nearest help: %j', async ([name, ...args], help) => {
  const commands = ['db-psql', 'db-reset', 'help', 'mig-autogen', 'mig-upgrade']
  const said = await unknownCommand(name, args, commands, { list: 'just --list', program: 'just' })
  expect(said).toContain(`help: ${help}`)
  expect(said).not.toContain('secret')
})
