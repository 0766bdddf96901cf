import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { readChoices } from './choices.mjs'
import { inTurns } from './rounds.mjs'
import { doubts, ratio, summary } from './statistics.mjs'
import { tableMarkdown, tables, tableText } from './tables.mjs'

const measure = { name: 'upgrade', about: 'an upgrade', sizes: [5, 50], fullSizes: [500] }

test('a median with the spread around it; of short runs no spread is noise', () => {
  expect(summary([130, 100, 110])).toEqual({ median: 110, spread: 15 / 110, noisy: false })
  expect(summary([100, 200, 300])).toMatchObject({ median: 200, spread: 0.5, noisy: true })
  expect(summary([4, 10, 20])).toMatchObject({ median: 10, noisy: false })
  expect(summary([1, 2, 3, 4]).median).toBe(2.5)
})

test('a ratio is one of pairs: a round in which all are slow changes nothing', () => {
  expect(ratio([100, 400, 110], [200, 800, 220])).toMatchObject({ median: 0.5, spread: 0 })
})

test('a machine is too noisy by its load, its pulse and its spreads', () => {
  const quiet = {
    cores: 2,
    loadBefore: 1.5,
    pulses: [20, 21, 20],
    figures: Array(10).fill(summary([100, 101])),
  }
  expect(doubts(quiet)).toEqual([])
  expect(
    doubts({
      ...{ cores: 2, loadBefore: 2.5, pulses: [20, 60, 20] },
      figures: [...quiet.figures, summary([100, 300]), summary([100, 300])],
    }),
  ).toEqual([
    'the load at the start was 2.5 on 2 cores',
    'the same arithmetic took ±100 % between rounds',
    '2 of 12 figures spread by more than ±20 %',
  ])
})

test('contestants run in turns, each round begun by another one', async () => {
  const ran: string[] = []
  const contestant = (name: string) => ({
    name,
    before: async () => void ran.push('('),
    run: async () => void ran.push(name),
    after: async () => void ran.push(')'),
  })
  const contestants = [contestant('a'), { ...contestant('b'), cold: true }, contestant('c')]
  const how = { rounds: 2, warmUp: true, serverCpu: () => 0, progress: () => undefined }
  const { timed, pulses } = await inTurns(contestants, how)
  expect(ran.join('')).toBe('(a)(c)' + '(b)(c)(a)' + '(c)(a)(b)')
  expect(timed.map(({ name, ms }) => [name, ms.length])).toEqual([
    ['a', 2],
    ['b', 2],
    ['c', 2],
  ])
  expect(pulses).toHaveLength(2)
})

test('results are a table, a column for each size', () => {
  const result = (size: number, ms: readonly number[], aim: { aim?: number; met?: boolean }) => ({
    ...{ measure: 'upgrade', about: 'an upgrade', unit: 'revisions', server: 'fast', size },
    figures: [{ name: 'just-mig', ms: [...ms], cpu: [...ms], value: summary(ms) }],
    compared: [{ ours: 'just-mig', theirs: 'psql', value: ratio(ms, [100, 100]), ...aim }],
  })
  const [table] = tables([result(5, [90, 110], {}), result(5000, [1000, 3000], { aim: 1, met: false })])
  expect(table && tableText(table)).toBe(`an upgrade (fast)
                    5 revisions     5,000 revisions  aim
  just-mig         100 ms ±10 %      2.00 s ±50 % ?
  just-mig ÷ psql    1.00 ±10 %  20.00 ±50 % missed  ≤ 1
`)
  expect(table && tableMarkdown(table)).toContain(
    '| just-mig ÷ psql | 1.00 ±10 %   | 20.00 ±50 % missed | ≤ 1 |',
  )
})

test('arguments are read, and what is wrong with them is said', () => {
  const read = (...args: string[]) => readChoices(args, [measure])
  expect(read('--only', 'upgrade', '--sizes', '5,20', '--rounds', '2', '--servers', 'fast')).toMatchObject({
    ...{ only: ['upgrade'], sizes: [5, 20], rounds: 2, servers: ['fast'], full: false },
  })
  expect(read('--help')).toContain('upgrade  an upgrade (5, 50; --full: 500)')
  expect(() => read('--only', 'upgrades')).toThrow('"upgrades" is not one of upgrade')
  expect(() => read('--rounds', '0')).toThrow('"0" is not a whole number above 0')
  expect(() => read('--speed')).toThrow("Unknown option '--speed'")
})

test('a small run prints its tables, names the machine and writes every run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'just-mig-bench-test-'))
  try {
    const file = join(folder, 'run.json')
    const args = ['--only', 'current', '--sizes', '2', '--rounds', '1', '--servers', 'fast', '--json', file]
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(import.meta.dirname, 'bench.mjs'),
      ...args,
    ])
    expect(stdout).toMatch(/^\d+ cores of .*; Node \d+.*, PostgreSQL 18.*; 1 rounds\.$/m)
    expect(stdout).toMatch(/^ {2}mig-current +\d/m)
    const { results } = JSON.parse(await readFile(file, 'utf8'))
    expect(results).toMatchObject([{ measure: 'current', server: 'fast', size: 2 }])
    expect(results[0].figures).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'mig-current', ms: [expect.any(Number)] })]),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
