// node scripts/build-package.mjs: dist/ of the npm package, JavaScript and declarations. Node strips no types
// below node_modules, so what is installed is not TypeScript. Runs before npm pack.
import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
rmSync(dist, { recursive: true, force: true })

// The launcher of the repository has its place taken by the package's own.
const commands = readdirSync(join(root, 'scripts')).flatMap((file) =>
  file.endsWith('.ts') && file !== 'help.ts' ? [file.slice(0, -3)] : [],
)
await build({
  absWorkingDir: root,
  entryPoints: {
    index: 'migrations/core/api.ts',
    testing: 'migrations/core/testing/index.ts',
    cli: 'scripts/package-cli.mjs',
    ...Object.fromEntries(commands.map((name) => [`commands/${name}`, `scripts/${name}.ts`])),
  },
  outdir: dist,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
})
chmodSync(join(dist, 'cli.js'), 0o755)

execFileSync(
  process.execPath,
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.types.json'],
  { cwd: root, stdio: 'inherit' },
)
// The declarations keep the endings of their sources.
const types = join(dist, 'types')
for (const name of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue
  const path = join(types, name)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/(from |import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2'))
}
