// A tenant line beside a single line: every schema named tenant_… has the same history, `catalog` is shared by all.
import { type EnvironmentOptions, tenants } from '../../../migrations/core/index.ts'

export default {
  schemas: {
    catalog: 'catalog',
    // `_` stands for any character in LIKE; the backslash makes it itself.
    tenant: tenants({ like: 'tenant\\_%', excludeTables: ['import_buffer'] }),
  },
  // `just mig-upgrade head tenant --tenants all -x currency=EUR`
  x: { currency: 'string' },
} satisfies EnvironmentOptions
