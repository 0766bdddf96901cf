// A line that forks and merges, and one with two heads that depends on it.
import type { EnvironmentOptions } from '../../../migrations/core/index.ts'

export default {
  schemas: { library: 'library', loan: 'loan' },
} satisfies EnvironmentOptions
