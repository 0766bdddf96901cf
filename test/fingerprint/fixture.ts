import type pg from 'pg'

/** What a case may name outside its schema: a second schema, servers, a table access method, a tablespace. */
export async function prepareFixture(client: pg.Client): Promise<void> {
  await client.query(`
    CREATE SCHEMA other;
    CREATE FOREIGN DATA WRAPPER nowhere;
    CREATE SERVER one FOREIGN DATA WRAPPER nowhere;
    CREATE SERVER two FOREIGN DATA WRAPPER nowhere;
    CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
    SET client_min_messages = warning;
    SET allow_system_table_mods = on;
    SET allow_in_place_tablespaces = on`)
  await client.query(`CREATE TABLESPACE mig_fingerprint_space LOCATION ''`)
}

export async function dropFixture(client: pg.Client): Promise<void> {
  await client.query('DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA other CASCADE')
  await client.query('DROP TABLESPACE mig_fingerprint_space')
}

/** Recreates schema `app` (and `other`) with these statements. */
export async function loadApp(client: pg.Client, sql: string): Promise<void> {
  await client.query('DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA other CASCADE')
  await client.query('CREATE SCHEMA app; CREATE SCHEMA other')
  await client.query(sql)
}

/** The server's major version. */
export async function serverVersion(client: pg.Client): Promise<number> {
  const result = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version`,
  )
  return result.rows[0]?.version ?? 0
}
