import type { Reporter, TestModule } from 'vitest/node'

const shown = 10

/**
 * What a run ends with: the tests that took longest, and last its counts in one plain line, `123 passed, 0 failed,
 * 4 skipped`, for whoever reads only that.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      // A file that does not load, or whose hooks fail, has failed although none of its tests has.
      if (module.errors().length > 0) counts.failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state === 'pending' ? 'skipped' : state] += 1
      }
    }
    const { passed, failed, skipped } = counts
    const counted = `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
    process.stdout.write([...slowest(modules), counted, ''].join('\n'))
  }
}

function slowest(modules: readonly TestModule[]): readonly string[] {
  const timed = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => ({
      seconds: (test.diagnostic()?.duration ?? 0) / 1000,
      name: `${module.relativeModuleId} > ${test.name}`,
    })),
  )
  if (timed.length <= shown) return []
  const first = timed.toSorted((a, b) => b.seconds - a.seconds).slice(0, shown)
  return [
    'Slowest tests:',
    ...first.map(({ seconds, name }) => `${seconds.toFixed(1).padStart(6)} s  ${name}`),
  ]
}
