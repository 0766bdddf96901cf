// Holds a scratch database open until it is killed; prints its name. Argument: the admin URL.
import { withScratchDatabase } from '../../migrations/core/scratch/database.ts'

await withScratchDatabase({ adminUrl: process.argv[2] ?? '' }, async ({ name }) => {
  console.log(name)
  await new Promise((resolve) => setTimeout(resolve, 600_000))
})
