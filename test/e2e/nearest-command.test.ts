import { expect, test } from 'vitest'
import { MigError } from '../../migrations/core/index.ts'
import { type CommandSpec, parseArguments } from '../../scripts/cli/arguments.ts'
import { shortEcho } from '../../scripts/cli/called.ts'
import { unknownCommand, withoutHelp } from '../../scripts/cli/nearest-command.mjs'
import { spec as autogen } from '../../scripts/mig-autogen.ts'
import { spec as check } from '../../scripts/mig-check.ts'
import { spec as downgrade } from '../../scripts/mig-downgrade.ts'
import { spec as upgrade } from '../../scripts/mig-upgrade.ts'

test.each([
  [['autogenerate'], 'did you mean mig-autogen?'],
  [['migrate'], 'did you mean mig-upgrade?'],
  [['mig-upgarde'], 'did you mean mig-upgrade?'],
  [['db'], 'did you mean db-psql, db-reset?'],
  [['migrate:up'], 'did you mean mig-upgrade?'],
  [['version'], 'did you mean mig-current?'],
  [
    ['push'],
    'just mig-autogen writes what the models changed into a revision, and just mig-upgrade applies it',
  ],
  [['db:push'], 'just mig-autogen writes'],
  [['reset'], 'just db-reset deletes the embedded database, and just mig-downgrade-all reverts'],
  [['squash'], 'just mig-autogen --from-history'],
  [['xyz'], 'just --list lists them'],
  [['-x', 'schemas=a', 'upgrade'], 'flags come after the command: just mig-upgrade …'],
  [['--database-url=secret', 'db-psql'], 'flags come after the command: just db-psql …'],
  [['-c', 'alembic.ini', 'history'], 'MIG_DIR says which folder has env.ts'],
] as const)('a command that does not exist gets the nearest help: %j', async ([name, ...args], help) => {
  const commands = ['db-psql', 'db-reset', 'help', 'mig-autogen', 'mig-current', 'mig-upgrade']
  const said = await unknownCommand(name, args, commands, { list: 'just --list', program: 'just' })
  expect(said).toContain(`help: ${help}`)
  expect(said).not.toContain('secret')
})

test('help in front of a command is its --help', () => {
  expect(withoutHelp(['help', 'upgrade'])).toEqual(['upgrade', '--help'])
  for (const words of [['help'], ['help', '--json'], ['upgrade', 'help']])
    expect(withoutHelp(words)).toEqual(words)
})

test.each([
  [autogen, ['-m', 'foo'], /just mig-autogen "/],
  [upgrade, ['-m', 'foo'], /just mig-revision "/],
  [downgrade, ['-1', '--dry-run'], /use --plan/],
  [upgrade, ['-q'], /--quiet/],
] as const)('a flag of another tool gets the help of the command (%#)', (spec: CommandSpec, argv, help) => {
  expect(() => parseArguments(spec, argv)).toThrow(
    expect.objectContaining({ code: 'unknown-flag', help: expect.stringMatching(help) }),
  )
})

test.each([
  [check, ['a', 'b'], 'too-many-arguments', 'mig-check takes 1 argument, not 2: a b'],
  [upgrade, ['a', 'b', 'c'], 'too-many-arguments', 'mig-upgrade takes 2 arguments, not 3: a b c'],
  [autogen, ['x'.repeat(1001)], 'bad-argument', 'the message has 1001 characters, and 1000 are the most'],
] as const)('what a command cannot take is said (%#)', (spec: CommandSpec, argv, code, message) => {
  expect(() => parseArguments(spec, argv)).toThrow(expect.objectContaining({ code, message }))
})

test('an error repeats no more than the beginning of a long argument', () => {
  const [long, short] = ['x'.repeat(100_000), 'y'.repeat(200)]
  const error = new MigError('cant-locate', `no '${long}' or '${short}'`, {
    help: `not ${long}`,
    facts: { long, inside: [{ long }], count: 1 },
    cause: new Error(`cause ${long}`),
  })
  const shown = shortEcho(error, ['mig-upgrade', `user@${long}`, short])
  const cut = `${'x'.repeat(80)}…`
  expect(shown).toMatchObject({
    code: 'cant-locate',
    message: `no '${cut}' or '${short}'`,
    help: `not ${cut}`,
    facts: { long: cut, inside: [{ long: cut }], count: 1 },
    cause: { message: `cause ${cut}` },
  })
  expect(shown.stack).toBe(error.stack)
})

test('a command that does not exist is repeated no further than its beginning', async () => {
  const said = await unknownCommand(`"${'x'.repeat(100_000)}`, [], ['mig-upgrade'], {
    list: 'just --list',
    program: 'just',
  })
  expect(said.length).toBeLessThan(300)
})
