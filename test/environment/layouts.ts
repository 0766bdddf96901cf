/** Projects as they are laid out, each with the files to load; `folder -> target` is a link. */
export interface Layout {
  readonly files: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, string>>
  readonly load: readonly string[]
  readonly exports: Readonly<Record<string, unknown>>
  /** The folders of environments, each with the place of its models and what they say. */
  readonly models?: readonly (readonly [base: string, source: string, statements: readonly string[]])[]
}

const esModule = '{ "type": "module" }'
const commonJs = '{ "name": "app" }'

const kinds = {
  'package.json': '{ "name": "@shop/kinds", "version": "1.0.0", "type": "module", "exports": "./index.ts" }',
  'index.ts': "import type { Kind } from './kind'\nexport const kinds: Kind[] = ['a', 'b']",
  'kind.ts': "export type Kind = 'a' | 'b'",
}

const below = (folder: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]))

export const layouts: Readonly<Record<string, Layout>> = {
  'plain, without endings or with those of JavaScript': {
    files: {
      'package.json': esModule,
      'src/index.ts': "export * from './car'\nexport { wheels } from './parts/index.js'",
      'src/car.ts': "import data from './car.json'\nexport const car = data.name",
      'src/car.json': '{ "name": "car" }',
      'src/parts/index.ts': 'export const wheels = 4',
    },
    load: ['src/index.ts'],
    exports: { car: 'car', wheels: 4 },
  },
  'aliases and a base URL of a tsconfig that extends another': {
    files: {
      'package.json': esModule,
      'tsconfig.json':
        '{ /* one */ "extends": "./tsconfig.base.json", // two\n"compilerOptions": { "jsx": "preserve" } }',
      'tsconfig.base.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["./src/*"] } } }',
      'src/index.tsx': "export * from '@/car'\nexport * from 'src/door'\nexport const element = () => <b />",
      'src/car.ts': "export const car = '@'",
      'src/door.ts': "export const door = 'base'",
      ...below('node_modules/react', {
        'package.json': '{ "name": "react" }',
        'jsx-runtime.js': 'exports.jsx = () => undefined',
      }),
    },
    load: ['src/index.tsx'],
    exports: { car: '@', door: 'base' },
  },
  'a module that sets variables, also one that is set already': {
    files: {
      'package.json': esModule,
      'schema.ts': `
        process.env.JUST_MIG_LAYOUT = 'one'
        Object.assign(process.env, { JUST_MIG_LAYOUT: 'two' })
        export const layout = process.env.JUST_MIG_LAYOUT
        delete process.env.JUST_MIG_LAYOUT
        export const isGone = !('JUST_MIG_LAYOUT' in process.env)`,
    },
    load: ['schema.ts'],
    exports: { layout: 'two', isGone: true },
  },
  'enums, namespaces and decorators': {
    files: {
      'package.json': esModule,
      'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
      'schema.ts': `
        export enum Kind { A = 'a' }
        namespace Inner { export const one = 1 }
        const entity = (target: unknown, property?: string): void => { seen.push(property ?? (target as { name: string }).name) }
        export const seen: string[] = []
        @entity class Car { @entity id = Inner.one }
        export const id = new Car().id`,
    },
    load: ['schema.ts'],
    exports: { Kind: { A: 'a' }, id: 1, seen: ['id', 'Car'] },
  },
  'CommonJS, with packages of both kinds and names that cannot be guessed': {
    files: {
      'package.json': commonJs,
      'schema.cts':
        "import { hidden } from 'old'\nimport { fresh } from 'new'\nexport = { hidden, fresh, dir: __dirname.slice(-3) }",
      'index.ts':
        "import schema = require('./db/schema')\nexport const { here } = schema\nexport const name = __filename.slice(-8)",
      'db/schema.js': "module.exports = { here: require('path').basename(__dirname) }",
      ...below('node_modules/old', {
        'package.json': '{ "name": "old", "version": "1.0.0", "main": "main.js" }',
        'main.js': "const all = {}; all['hid' + 'den'] = 1; module.exports = all",
      }),
      ...below('node_modules/new', {
        'package.json': '{ "name": "new", "type": "module", "exports": "./main.js" }',
        'main.js': 'export const fresh = 2',
      }),
    },
    load: ['index.ts'],
    exports: { here: 'db', name: 'index.ts' },
  },
  'ES modules that know where they stand and wait': {
    files: {
      'package.json': esModule,
      'db/schema.ts': `
        import { readFile } from 'node:fs/promises'
        import { fileURLToPath } from 'node:url'
        import { dirname } from 'node:path'
        import 'server-only'
        const __dirname = dirname(fileURLToPath(import.meta.url))
        export const text = await readFile(new URL('./text.sql', import.meta.url), 'utf8')
        export const folder = __dirname.slice(-3)
        export { default as imported } from './text.sql'`,
      'db/text.sql': 'SELECT 1',
    },
    load: ['db/schema.ts'],
    exports: { text: 'SELECT 1', folder: '/db', imported: 'SELECT 1' },
  },
  'a workspace of npm or yarn, whose packages are TypeScript': {
    files: {
      'package.json': '{ "workspaces": ["packages/*"] }',
      'apps/web/package.json': esModule,
      'apps/web/src/schema.ts': "export { kinds } from '@shop/kinds'",
      ...below('packages/kinds', kinds),
    },
    links: { 'node_modules/@shop/kinds': 'packages/kinds' },
    load: ['apps/web/src/schema.ts'],
    exports: { kinds: ['a', 'b'] },
  },
  'a workspace of pnpm, whose packages each have what they import': {
    files: {
      'package.json': '{ "private": true }',
      'apps/web/package.json': esModule,
      'apps/web/schema.ts': "export { kinds } from '@shop/kinds'\nexport { version } from 'twice'",
      ...below('packages/kinds', {
        ...kinds,
        'index.ts': "import { version } from 'twice'\nexport const kinds = ['twice', version]",
      }),
      ...below('node_modules/.pnpm/twice@1/node_modules/twice', {
        'package.json': '{ "name": "twice", "version": "1.0.0" }',
        'index.js': 'exports.version = 1',
      }),
      ...below('node_modules/.pnpm/twice@2/node_modules/twice', {
        'package.json': '{ "name": "twice", "version": "2.0.0" }',
        'index.js': 'exports.version = 2',
      }),
    },
    links: {
      'apps/web/node_modules/@shop/kinds': 'packages/kinds',
      'apps/web/node_modules/twice': 'node_modules/.pnpm/twice@1/node_modules/twice',
      'packages/kinds/node_modules/twice': 'node_modules/.pnpm/twice@2/node_modules/twice',
    },
    load: ['apps/web/schema.ts'],
    exports: { kinds: ['twice', 2], version: 1 },
  },
  'a monorepo with two environments, whose schemas share a package': {
    files: {
      'package.json': '{ "private": true, "workspaces": ["packages/*"] }',
      'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
      ...below('packages/columns', {
        'package.json': '{ "name": "@shop/columns", "exports": "./src/index.ts" }',
        'src/index.ts':
          "import { integer } from 'drizzle-orm/pg-core'\nexport enum Names { Id = 'id' }\nexport const id = () => integer(Names.Id).primaryKey()",
      }),
      'apps/web/package.json': esModule,
      'apps/web/tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }',
      'apps/web/src/schema.ts': "export * from '~/car'",
      'apps/web/src/car.ts':
        "import { pgTable } from 'drizzle-orm/pg-core'\nimport { id } from '@shop/columns'\nexport const car = pgTable('car', { id: id() })",
      'apps/jobs/package.json': commonJs,
      'apps/jobs/schema.ts':
        "import { pgTable } from 'drizzle-orm/pg-core'\nimport { id } from '@shop/columns'\nexport const job = pgTable('job', { id: id() })",
    },
    links: { 'node_modules/@shop/columns': 'packages/columns' },
    load: [],
    exports: {},
    models: [
      [
        'apps/web/migrations',
        '../src/schema.ts',
        ['CREATE TABLE "car" ( "id" integer PRIMARY KEY NOT NULL )'],
      ],
      [
        'apps/jobs/db/migrations',
        '../../schema.ts',
        ['CREATE TABLE "job" ( "id" integer PRIMARY KEY NOT NULL )'],
      ],
    ],
  },
}
