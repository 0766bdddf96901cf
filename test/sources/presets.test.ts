import { symlinkSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { checkProject } from '../../migrations/core/check/index.ts'
import { mikroOrm, prisma, sequelize, typeorm, usingSession } from '../../migrations/core/index.ts'
import { generateFiles } from '../autogenerate/support/project.ts'
import { labTest } from '../runner/support.ts'
import { repository, temporaryFolder } from '../support/recipes.ts'

/** The same table in each tool, with and without a column. */
const tools = {
  TypeORM: {
    models: typeorm('../data-source.cjs'),
    files: (more: boolean, url = 'process.env.DATABASE_URL') => ({
      'data-source.cjs': `const { DataSource, EntitySchema } = require('typeorm')
const car = new EntitySchema({ name: 'car', columns: { id: { type: Number, primary: true }, ${more ? "name: { type: 'text' }" : ''} } })
module.exports = new DataSource({ type: 'postgres', url: ${url}, entities: [car] })`,
    }),
  },
  MikroORM: {
    models: mikroOrm(),
    files: (more: boolean, url = 'process.env.DATABASE_URL') => ({
      'mikro-orm.config.js': `const { defineConfig, EntitySchema } = require('@mikro-orm/postgresql')
const car = new EntitySchema({ name: 'Car', tableName: 'car', properties: { id: { type: 'integer', primary: true, autoincrement: false }, ${more ? "name: { type: 'text' }" : ''} } })
module.exports = defineConfig({ clientUrl: ${url}, entities: [car] })`,
    }),
  },
  Sequelize: {
    // From the folder with the package.json, as it was taken once.
    models: sequelize('sync.cjs'),
    files: (more: boolean, url = 'process.env.DATABASE_URL') => ({
      'sync.cjs': `const { DataTypes, Sequelize } = require('sequelize')
const sequelize = new Sequelize(${url}, { logging: false })
sequelize.define('car', { id: { type: DataTypes.INTEGER, primaryKey: true }, ${more ? 'name: { type: DataTypes.TEXT, allowNull: false }' : ''} }, { timestamps: false, tableName: 'car' })
sequelize.sync().then(() => sequelize.close())`,
    }),
  },
}

describe('the preset of', () => {
  for (const [tool, { files, models }] of Object.entries(tools)) {
    labTest(`${tool} takes a change to the database`, { timeout: 120_000 }, async ({ lab }) => {
      const settings = { schemas: { app: 'public' }, models }
      const write = async (more: boolean, url?: string) => {
        const all = {
          'package.json': '{ "private": true, "devDependencies": { "@mikro-orm/cli": "6.4.16" } }',
          ...files(more, url),
        }
        for (const [path, text] of Object.entries(all)) {
          await mkdir(dirname(join(lab.root, path)), { recursive: true })
          await writeFile(join(lab.root, path), text)
        }
      }
      symlinkSync(join(repository, 'node_modules'), join(lab.root, 'node_modules'))
      await mkdir(join(lab.root, 'migrations'))
      await write(false)
      await generateFiles(lab, {}, settings)
      expect((await lab.upgrade({ settings })).error).toBeUndefined()
      // What none of them can say of a table is left alone.
      const { client } = lab.database
      await client.query('ALTER TABLE car ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
      await write(true)
      const { files: made } = await generateFiles(lab, {}, settings)
      const text = made.map((file) => file.text).join('\n')
      expect(text).toMatch(/ADD COLUMN "?name"? text NOT NULL/)
      expect(text).not.toContain('ROW LEVEL SECURITY')
      expect((await lab.upgrade({ settings })).error).toBeUndefined()
      const check = async () => {
        const project = await lab.project(settings)
        const { drift } = await usingSession(project.env, {}, (session) =>
          checkProject(session, project, { privileges: false }),
        )
        return drift.flatMap(({ statements }) => statements.flatMap((each) => each.statements))
      }
      expect(await check()).toEqual([])

      // A configuration that names the live database leads to the scratch database all the same.
      await client.query("INSERT INTO car VALUES (1, 'kept')")
      await write(false, JSON.stringify(lab.database.url))
      expect((await check()).join()).toMatch(/DROP COLUMN "?name"?/)
      expect((await client.query('SELECT name FROM car')).rows).toEqual([{ name: 'kept' }])
    })
  }

  for (const { version, saysMethod } of [
    { version: '0.3.28', saysMethod: false },
    { version: '1.1.1', saysMethod: true },
  ]) {
    test(`TypeORM ${version} leaves alone the indexes whose method it cannot say`, async () => {
      const { path, remove } = await temporaryFolder({
        'node_modules/typeorm/package.json': JSON.stringify({ version }),
      })
      const cwd = vi.spyOn(process, 'cwd').mockReturnValue(path)
      const { silentOn } = typeorm('../data-source.js')
      expect(silentOn).toEqual(expect.arrayContaining(['trigger', 'expression index', 'hnsw index']))
      expect(silentOn?.includes('gin index')).toBe(!saysMethod)
      expect(silentOn).not.toContain('gist index')
      cwd.mockRestore()
      await remove()
    })
  }

  for (const { version, flag, saysPartial } of [
    { version: '6.19.0', flag: '--to-schema-datamodel', saysPartial: false },
    { version: '7.10.1', flag: '--to-schema', saysPartial: true },
  ]) {
    test(`Prisma ${version} prints what its own command says, and follows from the schema`, async () => {
      const { path, remove } = await temporaryFolder({
        'node_modules/prisma/package.json': JSON.stringify({ version }),
      })
      const cwd = vi.spyOn(process, 'cwd').mockReturnValue(join(path))
      const models = prisma('../db/schema.prisma')
      expect(models).toMatchObject({
        print: `npx --no-install prisma migrate diff --from-empty ${flag} {file} --script`,
        file: '../db/schema.prisma',
        inputs: ['{file}'],
        silentOn: expect.arrayContaining(['trigger', 'expression index']),
      })
      expect(models.silentOn?.includes('partial index')).toBe(!saysPartial)
      expect(prisma('../db/schema').inputs).toEqual(['{file}/**/*.prisma'])
      cwd.mockRestore()
      await remove()
    })
  }
})
