// One line of five revisions, one of them plain SQL.
import type { EnvironmentOptions } from '../../../migrations/core/index.ts'

export default {
  schemas: { shop: 'shop' },
} satisfies EnvironmentOptions
