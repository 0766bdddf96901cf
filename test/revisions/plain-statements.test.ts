import { transformSync } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { plainStatements, renderRevisionFile, sqlTemplate } from '../../migrations/core/revisions/index.ts'

const names = { schema: '"App"', schemaName: 'App' }

const head = `/** step */
import type { Operations } from '../../core/index.ts';

export const revision = 'aaaaaaaaaaa1'
export const downRevision: string | null = null;
export const dependsOn: string[] = ['bbbbbbbbbbb1', "c"]
export const branchLabels = [] as const
`

const upgrade = (body: string) =>
  `${head}export async function upgrade(op: Operations): Promise<void> {\n${body}\n}\n`

/** What a revision executes when it is compiled and run. */
async function executed(source: string): Promise<readonly string[]> {
  const { code } = transformSync(source, { loader: 'ts', format: 'cjs', target: 'node20' })
  const module = { exports: {} as { upgrade(op: unknown): Promise<void> } }
  new Function('module', 'exports', code)(module, module.exports)
  const texts: string[] = []
  await module.exports.upgrade({ ...names, execute: async (text: string) => void texts.push(text) })
  return texts
}

describe('a revision that only executes texts', () => {
  test.each([
    ['', []],
    ["await op.execute('SELECT 1')", ['SELECT 1']],
    ['await op.execute("a");\n// a comment\nawait op.execute(/* sql */ `b`,)', ['a', 'b']],
    ["await op.execute('it\\'s \\u0041 \\x42 \\n \\\\ ')", ["it's A B \n \\ "]],
    ['await op.execute(`a\r\nb $1 $$ \\` \\${c}`)', ['a\nb $1 $$ ` ${c}']],
    [
      "await op.execute(`CREATE TABLE ${op.schema}.t (n text DEFAULT '${ op.schemaName }')`)",
      ['CREATE TABLE "App".t (n text DEFAULT \'App\')'],
    ],
    [`await op.execute(${sqlTemplate('x \\ ` ${y} \u2028 \0 \r\n')})`, ['x \\ ` ${y} \u2028 \0 \r\n']],
  ])('is read as what it does: %s', async (body, texts) => {
    const source = upgrade(body)
    const read = plainStatements(source)?.bodies.get('upgrade')
    expect(read?.map((text) => text(names))).toEqual(texts)
    expect(await executed(source)).toEqual(texts)
  })

  test('is what the tool writes, and may set its timeouts', () => {
    const written = renderRevisionFile({
      ...{ format: 'ts', revision: 'aaaaaaaaaaa1', downRevision: null, dependsOn: [], branchLabels: [] },
      ...{ message: 'step', createdAt: new Date(0), typesImport: '../../core/index.ts' },
      upgradeBody: '  await op.execute(`SELECT 1`) // replace this line',
    })
    const read = plainStatements(
      `${written}export const lockTimeout = '2s'\nexport const statementTimeout = 500\nexport const wrong = null\nexport const list = ['2s']\n`,
    )
    expect([...(read?.bodies ?? [])].map(([name, texts]) => [name, texts.length])).toEqual([
      ['upgrade', 1],
      ['downgrade', 0],
    ])
    expect(read?.constants.get('lockTimeout')).toBe('2s')
    expect(read?.constants.get('statementTimeout')).toBe('500')
    // As when it is compiled: a timeout of null or a list is refused.
    expect(read?.constants.get('wrong')).toBe('null')
    expect(read?.constants.get('list')).toBe('["2s"]')
  })

  test.each([
    "const { rows } = await op.execute('SELECT 1')",
    "op.execute('SELECT 1')",
    "await op.execute('SELECT 1') await op.execute('SELECT 2')",
    "await op.execute('SELECT 1').catch(() => undefined)",
    "await op.execute('SELECT ' + 1)",
    'await op.execute(`SELECT ${1}`)',
    'await op.execute(`SELECT ${other.schema}`)',
    "await op.execute('\\8')",
    "await op.execute('a\\u{110000}')",
    "await other.execute('SELECT 1')",
    "await op.autocommit(() => op.execute('VACUUM'))",
    'await op.execute(sql`SELECT 1`)',
    "try { await op.execute('SELECT 1') } catch {}",
  ])('is not one that does more: %s', (body) => {
    expect(plainStatements(upgrade(body))).toBeUndefined()
  })

  test.each([
    "import { table } from './tables.ts'\n",
    "import './setup.ts'\n",
    'export const irreversible = reason()\n',
    "export const revision = 'twice'\n",
    'export const upgrade = null\n',
    "console.log('loaded')\n",
    'export function helper() {}\n',
    'export const x = {}\n',
    '`never ends\n',
    'export const lockTimeout',
    "export const lock Timeout = '1s'\n",
    "export const [lockTimeout] = ['1s']\n",
    'import type { Operations } from',
    "// a comment\u2028console.log('loaded')\n",
    "// a comment\rconsole.log('loaded')\n",
  ])('has nothing beside it that has to be compiled: %s', (more) => {
    expect(plainStatements(`${upgrade("await op.execute('SELECT 1')")}${more}`)).toBeUndefined()
  })
})
