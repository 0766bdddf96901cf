import { describe, expect, test } from 'vitest'
import { modelSources } from '../../migrations/core/environment/models-setting.ts'
import { readFiles, refusalOf } from './support.ts'

const table = (name: string) => `CREATE TABLE ${name} (id int)`

describe('models in env.ts', () => {
  test('names a folder, a file, a glob, a package or an alias, from the folder of env.ts', async () => {
    const { files } = await readFiles(
      {
        'tsconfig.json': '{ "compilerOptions": { "paths": { "#db/*": ["./src/db/*"] } } }',
        'migrations/models/one.sql': table('one'),
        'migrations/models/deep/two.sql': table('two'),
        'migrations/models/seed.sql': 'INSERT INTO one VALUES (1)',
        'src/three.sql': table('three'),
        'src/four.table.ts': `export default '${table('four')}'`,
        'src/inner/five.table.ts': `export default '${table('five')}'`,
        'src/inner/six.ts': `export default '${table('six')}'`,
        'src/db/seven.ts': `export default '${table('seven')}'`,
        'packages/acme/package.json': '{ "name": "@acme/db", "exports": { "./schema": "./schema.ts" } }',
        'packages/acme/schema.ts': `export default '${table('eight')}'`,
        'migrations/node_modules/@acme/db/package.json':
          '{ "name": "@acme/db", "exports": { "./schema": "./schema.js" } }',
        'migrations/node_modules/@acme/db/schema.js': `exports.eight = '${table('eight')}'`,
      },
      [
        'models',
        '../src/three.sql',
        '../src/**/*.{table,view}.ts',
        '#db/seven',
        '@acme/db/schema',
        { key: 'app', source: '../src/three.sql' },
      ],
    )
    expect(files.map(({ key, keyed, statements }) => [statements[0]?.sql.split(' ')[2], key, keyed])).toEqual(
      [
        ['two', 'deep', false],
        ['one', 'one', false],
        ['three', undefined, false],
        ['three', 'app', true],
        ['four', undefined, false],
        ['eight', undefined, false],
        ['five', undefined, false],
        ['seven', undefined, false],
      ],
    )
  })

  test('that names nothing is told with what is near', async () => {
    const files = { 'src/schema.ts': '', 'migrations/models/a.sql': '' }
    expect(await refusalOf(readFiles(files, ['src/schema.ts']))).toMatchObject({
      code: 'no-models',
      help: expect.stringContaining("did you mean '../src/schema.ts'?"),
    })
    expect((await refusalOf(readFiles(files, ['../src/*.sql']))).message).toContain('matches no model file')
    expect((await refusalOf(readFiles(files, ['@acme/db']))).message).toContain('is not there')
  })

  test('is for all keys, or by key', async () => {
    const keys = ['user', 'policy']
    expect(modelSources('models', keys)).toEqual([{ key: undefined, source: 'models' }])
    expect(modelSources({ user: 'a', policy: ['b', 'c'] }, keys)).toEqual([
      { key: 'user', source: 'a' },
      { key: 'policy', source: 'b' },
      { key: 'policy', source: 'c' },
    ])
    const refused: readonly [setting: unknown, code: string, text: RegExp][] = [
      [{ usr: 'a' }, 'unknown-schema', /"usr", which the schema map does not have/],
      [[], 'bad-setting', /names no source/],
      [[''], 'bad-setting', /holds "", which is not a model source/],
      [{ user: 7 }, 'bad-setting', /"models.user" in env.ts holds 7/],
    ]
    for (const [setting, code, text] of refused) {
      const refusal = await refusalOf(Promise.resolve().then(() => modelSources(setting, keys)))
      expect(refusal, JSON.stringify(setting)).toMatchObject({ code, message: expect.stringMatching(text) })
    }
  })
})
