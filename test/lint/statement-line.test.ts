import { expect, test } from 'vitest'
import { statementLine } from '../../migrations/core/lint/lint.ts'

const source = `export async function upgrade(op) {
  await op.execute(\`
    ALTER TABLE \${op.schema}.profile
      ADD COLUMN n int\`)
  await op.execute(\`
    COMMENT ON TABLE \${op.schema}.profile IS 'x'\`)
  await op.execute(\`CREATE INDEX i ON \${op.schema}.profile (n)\`)
  await op.execute(\`UPDATE t SET n = 1 WHERE a[1] = $1\`)
  for (const name of names) await op.execute(\`\${name}\`)
}`

test.each([
  ['\n    ALTER TABLE app.profile\n      ADD COLUMN n int', 3],
  ['CREATE INDEX i ON "my schema".profile (n)', 7],
  ["COMMENT ON TABLE app.profile IS 'x'", 6],
  ['UPDATE t SET n = 1 WHERE a[1] = $1', 8],
  ['CREATE INDEX i ON app.other (n)', undefined],
  ['VACUUM', undefined],
  ['  ', undefined],
])('the line of %j is %s', (sql, line) => {
  expect(statementLine(source, sql)).toBe(line)
})
