import { describe, expect } from 'vitest'
import { labTest } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

const baseType = `CREATE TYPE app_user.rational;
  CREATE FUNCTION app_user.rational_in(cstring) RETURNS app_user.rational LANGUAGE internal IMMUTABLE STRICT AS 'textin';
  CREATE FUNCTION app_user.rational_out(app_user.rational) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
  CREATE TYPE app_user.rational (INPUT = app_user.rational_in, OUTPUT = app_user.rational_out, LIKE = text);`

describe('a base type, which only a superuser makes', () => {
  labTest('is refused in models, whether it was made by hand or not', async ({ lab }) => {
    await writeModels(lab, { 'user.sql': `${baseType} CREATE TABLE app_user.t (r app_user.rational);` })
    const refusal = {
      code: 'model-failed',
      message: expect.stringContaining('must be superuser'),
      help: expect.stringMatching(
        /only a superuser may create this: remove .*user\.sql:\d+ from the models.*mig-revision/,
      ),
    }
    await expect(generateFiles(lab)).rejects.toMatchObject(refusal)
    await lab.database.client.query(`CREATE SCHEMA IF NOT EXISTS app_user; ${baseType}`)
    await expect(generateFiles(lab)).rejects.toMatchObject(refusal)
  })
})
