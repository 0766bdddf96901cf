import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The files that take longest, in this order. The size of a file, by which vitest sorts, says little of a file of cases. */
const longest: readonly string[] = [
  'delivery/package',
  'docs',
  'autogenerate/cases-columns',
  'autogenerate/cases-programs',
  'autogenerate/cases-types',
  'adopt/programs/refusals',
  'autogenerate/project',
  'verify/verify',
  'faults/faults',
  'e2e/embedded',
  'adopt/recipes',
  'autogenerate/surroundings',
  'autogenerate/property',
  'autogenerate/cases-renames',
  'autogenerate/cases-constraints',
  'autogenerate/cases-tables',
  'autogenerate/cases-partitions',
  'autogenerate/cases-others',
  'tenants/check',
  'e2e/planted',
  'autogenerate/row-proof',
  'autogenerate/row-trial',
  'fingerprint/cases',
  'sources/presets',
  'tenants/share',
  'expressions',
  'lint/lint',
  'postgres/embedded',
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
