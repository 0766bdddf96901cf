import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect } from 'vitest'
import { importSql } from '../../../migrations/core/adopt/index.ts'
import { modelHead } from '../../../migrations/core/adopt/init/models.ts'
import { projectTest } from '../support/project.ts'

const dump = `--
-- PostgreSQL database dump
--

\\restrict abc
SET statement_timeout = 0;
SET check_function_bodies = false;
SELECT pg_catalog.set_config('search_path', '', false);
SET default_tablespace = '';

CREATE SCHEMA app;

CREATE FUNCTION app.one() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM app.t; $$;

CREATE TABLE app.t (
    id integer NOT NULL
);

\\unrestrict abc
`

describe('importing a schema file', () => {
  projectTest('as pg_dump writes it makes a baseline that the live schema equals', async ({ project }) => {
    project.write({ 'schema.sql': dump })
    await project.run(
      'CREATE SCHEMA app; CREATE TABLE app.t (id integer NOT NULL); CREATE FUNCTION app.one() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM app.t; $$',
    )
    const env = await project.environment({ app: 'app' })
    const result = await importSql(project.session, env, { path: 'schema.sql' })
    expect(result).toMatchObject({ proof: 'equal', adopted: [{ targetSchema: 'app' }] })
    const text = readFileSync(join(project.root, result.files[0] ?? ''), 'utf8')
    expect(text).toContain('CREATE SCHEMA IF NOT EXISTS app;')
    expect(text).toContain('SET LOCAL check_function_bodies = false;')
    expect(text).not.toContain('set_config')
  })

  projectTest('that the live schema does not equal shows the difference', async ({ project }) => {
    project.write({ 'schema.sql': 'CREATE TABLE app.t (id bigint);' })
    await project.run('CREATE SCHEMA app; CREATE TABLE app.t (id integer);')
    const env = await project.environment({ app: 'app' })
    await expect(importSql(project.session, env, { path: 'schema.sql' })).rejects.toThrow(
      /~ column app\.t\.id\n {4}type: bigint → integer/,
    )
  })

  projectTest('into an empty database leaves the baseline to be run', async ({ project }) => {
    project.write({ 'schema.sql': 'CREATE TABLE app.t (id bigint);' })
    const env = await project.environment({ app: 'app' })
    const result = await importSql(project.session, env, { path: 'schema.sql' })
    expect(result).toMatchObject({ proof: 'runs', adopted: [] })
    expect(result.models).toBeUndefined()
  })

  projectTest('into an empty database fills models that are empty, and no others', async ({ project }) => {
    project.write({
      'schema.sql': `CREATE TYPE shop.kind AS ENUM ('a'); CREATE TABLE app.t (id bigint PRIMARY KEY, kind shop.kind);
        CREATE VIEW app.v AS TABLE app.t;`,
    })
    const env = await project.environment({ app: 'app', shop: 'shop' })
    const own = join(env.modelsDir, 'app.sql')
    const others = join(env.modelsDir, 'shop.sql')
    mkdirSync(env.modelsDir, { recursive: true })
    writeFileSync(own, `${modelHead('app')}\n`)
    writeFileSync(others, '-- by hand')
    const result = await importSql(project.session, { ...env, filter: ['app'] }, { path: 'schema.sql' })
    expect(result.models).toEqual([relative(env.root, own)])
    expect(readFileSync(own, 'utf8')).toMatch(/CREATE TABLE app\.t [\s\S]*CREATE VIEW app\.v/)
    expect(readFileSync(others, 'utf8')).toBe('-- by hand')
  })

  projectTest('that is not there, or has nothing in it, is an error', async ({ project }) => {
    project.write({ 'empty.sql': '-- nothing\n' })
    const env = await project.environment({ app: 'app' })
    await expect(importSql(project.session, env, { path: 'none.sql' })).rejects.toThrow(
      'there is no file none.sql',
    )
    await expect(importSql(project.session, env, { path: 'empty.sql' })).rejects.toThrow(
      'empty.sql has no statement',
    )
  })
})
