import { describe, expect } from 'vitest'
import { labTest } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

const baseType = `CREATE TYPE app_user.rational;
  CREATE FUNCTION app_user.rational_in(cstring) RETURNS app_user.rational LANGUAGE internal IMMUTABLE STRICT AS 'textin';
  CREATE FUNCTION app_user.rational_out(app_user.rational) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
  CREATE TYPE app_user.rational (INPUT = app_user.rational_in, OUTPUT = app_user.rational_out, LIKE = text);`

describe('a base type, which cannot be generated', () => {
  labTest('is named where no way is found to what is built on it', async ({ lab }) => {
    await writeModels(lab, { 'user.sql': `${baseType} CREATE TABLE app_user.t (r app_user.rational);` })
    await expect(generateFiles(lab)).rejects.toMatchObject({
      code: 'no-way',
      message: expect.stringContaining('base type app_user.rational'),
      help: expect.stringContaining('mig-revision'),
      facts: { unmodeled: ['base type app_user.rational'] },
    })
  })

  labTest('is named where it was made by hand', async ({ lab }) => {
    await lab.database.client.query(`CREATE SCHEMA IF NOT EXISTS app_user; ${baseType}`)
    await writeModels(lab, { 'user.sql': `${baseType} CREATE TABLE app_user.t (r app_user.rational);` })
    await expect(generateFiles(lab)).rejects.toMatchObject({
      code: 'no-way',
      message: expect.stringContaining('base type app_user.rational'),
    })
  })
})
