import { describe, expect, test } from 'vitest'
import { findAlembicFolders } from '../../../migrations/core/adopt/alembic/folders.ts'
import { findPython } from '../../../migrations/core/adopt/alembic/python.ts'
import { type AlembicRecording, recordAlembic } from '../../../migrations/core/adopt/alembic/record.ts'
import { withRecording } from '../../../migrations/core/adopt/record/recording.ts'
import { alembicFile, withoutAlembic } from '../support/alembic.ts'
import { projectTest, type TestProject } from '../support/project.ts'
import { alembicIni, environmentPy } from '../support/recorded-project.ts'

const table = "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))"
const ordinary = alembicFile({ id: 'aaaa', upgrade: table, downgrade: "op.drop_table('t')" })
const connecting = (url: string) => environmentPy.replace(/os\.environ\.get\(.*"\)\)/, `"${url}")`)
const before = (text: string) => `${text}\n${environmentPy}`

interface Case {
  readonly env?: string
  readonly revision?: string
  readonly code: string
  readonly says: string
}

const refusals: Readonly<Record<string, Case>> = {
  'a module that is missing': {
    ...{ env: before('import no_such_module'), code: 'python-module' },
    says: 'has no module no_such_module',
  },
  'a variable that is not set': {
    ...{ env: before("import os\nos.environ['NO_SUCH_VARIABLE']"), code: 'tool-setting' },
    says: 'db/env.py:2 reads the variable NO_SUCH_VARIABLE, which is not set',
  },
  'another database': {
    ...{ env: connecting('sqlite://'), code: 'other-database' },
    says: 'env.py connects to sqlite, not to PostgreSQL; nothing was run',
  },
  'two databases': {
    env: before(
      "import sqlalchemy as sa\nsa.create_engine('postgresql+psycopg2://u:secret@one.invalid/first').connect().close()",
    ),
    ...{ code: 'several-databases', says: 'db.prod.invalid/app, one.invalid/first; nothing was run' },
  },
  'a connection of its own, outside of any driver': {
    env: before("import socket\nsocket.create_connection(('127.0.0.1', 9))"),
    ...{ code: 'connection-refused', says: 'the project connects to 127.0.0.1:9' },
  },
  'a question': {
    ...{ revision: alembicFile({ id: 'aaaa', upgrade: "input('sure?')" }), code: 'history-fails' },
    says: 'db/versions/a.py:14) after 0 revisions:\nEOFError',
  },
  'tables that were made elsewhere': {
    revision: alembicFile({ id: 'aaaa', upgrade: "op.add_column('account', sa.Column('a', sa.Text()))" }),
    ...{ code: 'history-fails', says: 'the history begins at tables that were made elsewhere' },
  },
  'an extension that is not there': {
    revision: alembicFile({ id: 'aaaa', upgrade: "op.execute('CREATE EXTENSION no_such_extension')" }),
    ...{ code: 'history-fails', says: 'the history needs extension no_such_extension' },
  },
  'rows by COPY': {
    revision: alembicFile({
      id: 'aaaa',
      upgrade: `import io\n${table}\nop.get_bind().connection.cursor().copy_expert('COPY t FROM STDIN', io.StringIO('1\\n'))`,
    }),
    ...{ code: 'unrecorded', says: 'aaaa sends rows by COPY' },
  },
}

async function recorded(
  project: TestProject,
  body: (record: () => Promise<AlembicRecording>) => Promise<void>,
): Promise<void> {
  const { session, root } = project
  const env = await project.environment({ app: 'public' })
  await withRecording(session, env, { text: '' }, (given) =>
    body(() =>
      recordAlembic({
        ...{ ...given, x: [], show: (path) => path.slice(path.indexOf('db/')) },
        folders: findAlembicFolders(root),
        python: findPython('/', undefined, process.env),
      }),
    ),
  )
}

if (withoutAlembic !== undefined)
  test.skip(`refusals while recording are not tested: ${withoutAlembic}`, () => undefined)

describe.skipIf(withoutAlembic !== undefined)('a recording is refused', () => {
  projectTest('with the reason and the place', { timeout: 180_000 }, async ({ project }) => {
    await recorded(project, async (record) => {
      for (const [name, { env = environmentPy, revision = ordinary, code, says }] of Object.entries(
        refusals,
      )) {
        project.write({ 'alembic.ini': alembicIni, 'db/env.py': env, 'db/versions/a.py': revision })
        const run = record()
        await expect(run, name).rejects.toMatchObject({ code })
        await expect(run, name).rejects.toThrow(says)
        await expect(run, name).rejects.not.toThrow('secret')
      }
    })
  })

  projectTest('but not for drivers that are called directly', async ({ project }) => {
    const raw =
      "sa.create_engine('postgresql+psycopg2://', creator=lambda: psycopg2.connect('host=db.prod.invalid dbname=app'))"
    const env = `import psycopg2\n${environmentPy.replace(/sa\.create_engine\(.*\)/, raw)}`
    project.write({ 'alembic.ini': alembicIni, 'db/env.py': env, 'db/versions/a.py': ordinary })
    await recorded(project, async (record) => {
      const recording = await record()
      expect(recording.upgrades.get('aaaa')?.parts).toMatchObject([
        { sql: expect.stringMatching(/^CREATE TABLE t/) },
      ])
      expect(recording.downgrades.get('aaaa')).toMatchObject({ parts: [{ sql: 'DROP TABLE t' }] })
    })
  })

  projectTest('nowhere for a downgrade that leaves too much behind', async ({ project }) => {
    // Outside of a transaction, so that nothing undoes it.
    const half = "with op.get_context().autocommit_block():\n    op.execute('ALTER TABLE t RENAME TO u')"
    project.write({
      'alembic.ini': alembicIni,
      'db/env.py': environmentPy,
      'db/versions/a.py': alembicFile({
        id: 'aaaa',
        upgrade: `${table}\nop.execute('CREATE TYPE k AS ENUM ()')`,
        downgrade: half,
      }),
      'db/versions/b.py': alembicFile({
        ...{ id: 'bbbb', parents: ['aaaa'] },
        ...{
          upgrade: "op.add_column('t', sa.Column('b', sa.Text()))",
          downgrade: "op.drop_column('t', 'b')",
        },
      }),
    })
    await recorded(project, async (record) => {
      const { downgrades } = await record()
      expect(downgrades.get('bbbb')).toMatchObject({ parts: [{ sql: 'ALTER TABLE t DROP COLUMN b' }] })
      expect(downgrades.get('aaaa')).toMatchObject({ parts: [{ kind: 'autocommit' }] })
    })
  })
})
