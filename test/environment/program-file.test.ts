import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withFile } from '../../migrations/core/environment/program-file.ts'
import { temporaryFolder } from '../support/recipes.ts'

const placed = async (file: string, more: { readonly cwd?: string } = {}) => {
  const { path, remove } = await temporaryFolder({
    'package.json': '{}',
    'db/schema.prisma': '',
    "packages/bob's/schema.prisma": '',
    'packages/api/prisma/schema.prisma': '',
  })
  const program = { print: 'show --schema {file}', inputs: ['{file}', '../x/*.ts'], file, ...more }
  const { print, inputs } = withFile(program, join(path, 'migrations')) as { print: string; inputs: string[] }
  await remove()
  return [print.slice('show --schema '.length), inputs[0]]
}

test.for([
  ['a path from the folder of env.ts', '../db/schema.prisma', {}, 'db/schema.prisma', '../db/schema.prisma'],
  [
    'one from the folder with the package.json',
    'db/schema.prisma',
    {},
    'db/schema.prisma',
    '../db/schema.prisma',
  ],
  [
    'one from the folder that it runs in',
    'prisma/schema.prisma',
    { cwd: '../packages/api' },
    'prisma/schema.prisma',
    '../packages/api/prisma/schema.prisma',
  ],
  [
    'a path from env.ts to that folder',
    '../packages/api/prisma/schema.prisma',
    { cwd: '../packages/api' },
    'prisma/schema.prisma',
    '../packages/api/prisma/schema.prisma',
  ],
  [
    'a name that a shell would read otherwise',
    "../packages/bob's/schema.prisma",
    {},
    "'packages/bob'\\''s/schema.prisma'",
    "../packages/bob's/schema.prisma",
  ],
  ['what is missing, as it was written', '../db/skema.prisma', {}, 'db/skema.prisma', '../db/skema.prisma'],
] as const)('the file of a program is %s', async ([, file, more, command, input]) => {
  expect(await placed(file, more)).toEqual([command, input])
})
