import type { EnvironmentOptions } from './core/index.ts'

export default {
  // Key → PostgreSQL schema. A new schema is one line here: billing: 'rfx_billing',
  schemas: {
    user: 'rfx_user',
    policy: 'rfx_policy',
    message: 'rfx_message',
  },
  // RFX_USER_SCHEMA=… gives the schema of `user` another name, and so on.
  schemaVariable: 'RFX_{KEY}_SCHEMA',
  // Made and changed by the queue library itself.
  excludeTables: ['kombu_queue', 'kombu_message'],
} satisfies EnvironmentOptions
