import { describe, expect, test } from 'vitest'
import { isBenign, lacksExtension } from '../../migrations/core/sources/statement-kinds.ts'

// As a server with lc_messages = de_DE says it; the SQLSTATE and the function that refused are the same everywhere.
const noRole = Object.assign(new Error('Rolle »app« existiert nicht'), {
  code: '42704',
  routine: 'get_role_oid',
})
const noType = Object.assign(new Error('Typ »role« existiert nicht'), {
  code: '42704',
  routine: 'typenameType',
})

describe('a failure of a model statement, in whatever language the server speaks', () => {
  test('means nothing where the role of an owner or a grant is missing, unless these are compared', () => {
    for (const sql of ['ALTER TABLE a OWNER TO app', 'GRANT SELECT ON a TO app']) {
      expect(isBenign(sql, noRole, false)).toBe(true)
      expect(isBenign(sql, noRole, true)).toBe(false)
    }
  })

  test('waits for what another statement makes, whatever it is named', () => {
    expect(isBenign('ALTER TYPE role OWNER TO app', noType, false)).toBe(false)
  })

  test('says that an extension is missing only of CREATE EXTENSION', () => {
    expect(lacksExtension('create  extension "postgis"', { code: '0A000' })).toBe(true)
    expect(lacksExtension('CREATE EXTENSION postgis', { code: '58P01' })).toBe(true)
    expect(lacksExtension('CREATE EXTENSION postgis', { code: '42501' })).toBe(false)
    expect(lacksExtension('ALTER TABLE a ADD COLUMN b int', { code: '0A000' })).toBe(false)
  })
})
