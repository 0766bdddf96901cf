import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { command } from '../support/commands.ts'
import { recipe, repository } from '../support/recipes.ts'

const commands = readdirSync(join(repository, 'scripts')).flatMap((file) =>
  file.endsWith('.ts') && file !== 'help.ts' ? [file.slice(0, -3)] : [],
)

describe('--help', () => {
  test.each(commands)(
    'of %s says what it does and takes, its examples use flags that it has, and it touches nothing',
    async (name) => {
      const env = { MIG_DATABASE_URL: 'postgresql://127.0.0.1:1/none' }
      const { code, stdout } = await command([name, '--help'], { env })
      expect(code).toBe(0)
      expect(stdout).toMatch(/^Every command$/m)
      expect(stdout).toMatch(/^ {2}--json /m)
      const [usage = '', summary = ''] = stdout.split('\n\n')
      expect(usage).toMatch(new RegExp(`^(just|node scripts/launch\\.mjs) ${name}( |$)`))
      expect(summary).toMatch(/^[A-Z][\s\S]*[a-z.,:]$/)
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
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
