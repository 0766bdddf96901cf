import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The files that take longest, in this order. The size of a file, by which vitest sorts, says little of a file of cases. */
const longest: readonly string[] = [
  'readme',
  'autogenerate/cases-programs',
  'autogenerate/cases-columns',
  'delivery/package',
  'autogenerate/cases-types',
  'autogenerate/cases-constraints',
  'autogenerate/property',
  'adopt/programs/refusals',
  'autogenerate/cases-tables',
  'autogenerate/cases-renames',
  'autogenerate/cases-others',
  'autogenerate/cases-partitions',
  'autogenerate/project',
  'verify/verify',
  'e2e/embedded',
  'adopt/recipes',
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
