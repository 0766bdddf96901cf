import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The files that take longest, in this order. The size of a file, by which vitest sorts, says little of a file of cases. */
const longest: readonly string[] = [
  'delivery/package',
  'docs',
  'adopt/programs/refusals',
  'autogenerate/property',
  'tenants/check',
  'autogenerate/project',
  'autogenerate/cases-columns',
  'autogenerate/cases-programs',
  'lint/lint',
  'verify/verify',
  'e2e/embedded',
  'postgres/embedded',
  'sources/presets',
  'autogenerate/cases-types',
  'autogenerate/surroundings',
  'faults/faults',
  'e2e/ends',
  'sources/programs',
  'adopt/programs/postgres',
  'autogenerate/depends-on',
  'e2e/planted',
  'e2e/read-only',
  'tenants/recipes',
  'delivery/site',
  'autogenerate/cases-partitions',
  'autogenerate/near-models',
  'runner/status',
  'autogenerate/cases-others',
  'adopt/programs/sequelize',
  'adopt/programs/kysely',
  'autogenerate/grants',
  'adopt/alembic/record-refusals',
  'adopt/init/init',
  'tenants/autogenerate',
  'autogenerate/cases-jumps',
  'autogenerate/cases-tables',
  'autogenerate/cases-constraints',
  'runner/backfill-keys',
  'autogenerate/cases-renames',
].map((name) => `/test/${name}.test.ts`)

/** Long files first, so that the workers come to their end together. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => moduleId.endsWith(name))
      return at === -1 ? longest.length : at
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}
