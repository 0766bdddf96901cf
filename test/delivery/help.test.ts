import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { recipe, repository } from '../support/recipes.ts'

const commands = readdirSync(join(repository, 'scripts')).flatMap((file) =>
  file.endsWith('.ts') && file !== 'help.ts' ? [file.slice(0, -3)] : [],
)

describe('--help', () => {
  test.concurrent.each(commands)(
    'of %s says what it does, and its examples use flags that it has',
    async (name) => {
      const launcher = join(repository, 'scripts', 'launch.mjs')
      const { stdout } = await execa(process.execPath, [launcher, name, '--help'])
      const [usage = '', , summary = ''] = stdout.split('\n')
      expect(usage).toMatch(new RegExp(`^(just|node scripts/launch\\.mjs) ${name}( |$)`))
      expect(summary).toMatch(/^[A-Z].*[a-z.,:]$/)
      const [, examples = ''] = stdout.split('\nExamples\n')
      const lines = examples.split('\n').filter((line) => line.trim() !== '')
      expect(lines.length).toBeGreaterThan(0)
      const flags = new Set(stdout.match(/(?<=^ {2}|, )--?[\w-]+/gm))
      const used = lines.flatMap(
        (line) => line.replace(/'[^']*'|"[^"]*"/g, '').match(/(?<= )--?[a-z][\w-]*/g) ?? [],
      )
      expect(used.filter((flag) => !flags.has(flag))).toEqual([])
    },
  )

  test('is there for every recipe of the justfile', async () => {
    const { stdout } = await recipe(['--summary'])
    expect(stdout.split(' ').filter((name) => !commands.includes(name))).toEqual([])
  })
})
