import { describe, expect, inject } from 'vitest'
import type { AutogenFiles } from '../../migrations/core/autogenerate/index.ts'
import { connect } from '../../migrations/core/postgres/index.ts'
import { withScratchDatabase } from '../../migrations/core/scratch/database.ts'
import { type Lab, labTest } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

/** `billing` comes first in every order that knows no better. */
const settings = { schemas: { billing: 'app_billing', crm: 'app_crm' } }

const contact = 'CREATE TABLE app_crm.contact (id int PRIMARY KEY, name text);'
const invoice =
  'CREATE TABLE app_billing.invoice (id int PRIMARY KEY, contact int REFERENCES app_crm.contact);'

/** Writes models, generates, and upgrades. */
async function step(
  lab: Lab,
  models: Readonly<Record<string, string>>,
  asked: Parameters<typeof generateFiles>[1] = {},
): Promise<AutogenFiles> {
  await writeModels(lab, models)
  const made = await generateFiles(lab, asked, settings)
  expect((await lab.upgrade({ settings })).error).toBeUndefined()
  return made
}

/** What an upgrade of some lines on an empty database ends with. */
function freshUpgrade(lab: Lab, lines: readonly string[]): Promise<unknown> {
  return withScratchDatabase({ adminUrl: inject('adminUrl'), prefix: 'test_fresh' }, async ({ url }) => {
    const { error } = await lab.run({ direction: 'upgrade', target: 'heads', lines }, { settings, url })
    return error
  })
}

const only = ({ files }: AutogenFiles) => {
  const [file, ...others] = files
  expect(others).toEqual([])
  if (file === undefined) throw new Error('no file was made')
  return file
}

describe('a revision that refers to what an earlier revision of another line made', () => {
  labTest('depends on the one that made it, and no later one', async ({ lab }) => {
    const made = only(await step(lab, { 'crm.sql': contact, 'billing.sql': '' }))
    await step(lab, { 'crm.sql': `${contact} CREATE TABLE app_crm.note (body text);` })
    const file = only(await step(lab, { 'billing.sql': invoice }))
    expect(file.dependsOn).toEqual([made.revision])
    expect(file.text).toContain(`export const dependsOn: string[] = ['${made.revision}']`)
    expect(await freshUpgrade(lab, ['billing'])).toBeUndefined()
    expect(await freshUpgrade(lab, ['billing', 'crm'])).toBeUndefined()
  })

  labTest('depends on the one that gave the column its place, and once for a whole line', async ({ lab }) => {
    await step(lab, { 'crm.sql': contact, 'billing.sql': '' })
    const renamed = contact.replace('name text', 'title text')
    const later = only(
      await step(
        lab,
        { 'crm.sql': renamed },
        { renames: { given: { 'app_crm.contact.name': 'title' }, others: 'ask' } },
      ),
    )
    const view = 'CREATE VIEW app_billing.titles AS SELECT title FROM app_crm.contact;'
    expect(only(await step(lab, { 'billing.sql': view })).dependsOn).toEqual([later.revision])
    // What the line's head comes after already is not said again.
    const more = `${view} CREATE VIEW app_billing.more AS SELECT id FROM app_crm.contact;`
    expect(only(await step(lab, { 'billing.sql': more })).dependsOn).toEqual([])
    expect(await freshUpgrade(lab, ['billing'])).toBeUndefined()
  })

  labTest('depends on the head where no file names it', async ({ lab }) => {
    await lab.write({
      'crm/20260101_000000_aaaa00000001_made.ts': `export const revision = 'aaaa00000001'
export const downRevision = null
export const dependsOn = []
export const branchLabels = []
export async function upgrade(op) { for (const name of ['cont' + 'act']) await op.execute('CREATE TABLE app_crm.' + name + ' (id int PRIMARY KEY, name text)') }
export async function downgrade(op) { await op.execute('DROP TABLE app_crm.' + 'cont' + 'act') }
`,
    })
    expect((await lab.upgrade({ settings })).error).toBeUndefined()
    const made = only(await step(lab, { 'crm.sql': contact, 'billing.sql': invoice }))
    expect(made.dependsOn).toEqual(['aaaa00000001'])
  })
})

labTest(
  'a revision that drops what another line referred to comes after the one that let it go',
  async ({ lab }) => {
    await step(lab, { 'crm.sql': contact, 'billing.sql': invoice })
    const freed = only(
      await step(lab, {
        'billing.sql': 'CREATE TABLE app_billing.invoice (id int PRIMARY KEY, contact int);',
      }),
    )
    const dropped = only(await step(lab, { 'crm.sql': '' }))
    expect(dropped.dependsOn).toEqual([freed.revision])
    expect(await freshUpgrade(lab, ['crm'])).toBeUndefined()
  },
)

labTest(
  'over a database whose tables no revision makes the proof fails, and says what to do',
  async ({ lab }) => {
    const client = await connect({ url: lab.database.url, applicationName: 'test' })
    await client.query(`CREATE SCHEMA app_crm; ${contact}`)
    await client.end()
    await writeModels(lab, { 'crm.sql': contact, 'billing.sql': invoice })
    await expect(generateFiles(lab, {}, settings)).rejects.toMatchObject({
      code: 'proof-failed',
      exitCode: 5,
      message: expect.stringContaining('relation "app_crm.contact" does not exist'),
      help: expect.stringContaining('--adopt'),
    })
  },
)
