import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { inject } from 'vitest'

/**
 * Another Node, by its package in the registry; undefined where the registry does not have it. It is installed once a machine.
 * @param version major version, `22`
 */
export async function nodeOf(version: number): Promise<string | undefined> {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}`
  const folder = join(inject('machineFolder'), `just-mig-test-node-${version}-${process.getuid?.() ?? ''}`)
  const program = join(folder, 'node_modules', name, 'bin', 'node')
  if (existsSync(program)) return program
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{}')
  const install = ['install', `${name}@${version}`, '--prefer-offline', '--no-audit', '--no-fund']
  const { exitCode } = await execa('npm', install, { cwd: folder, reject: false })
  return exitCode === 0 ? program : undefined
}
