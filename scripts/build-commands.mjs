#!/usr/bin/env node
// node scripts/build-commands.mjs: builds what a pipeline starts in a fresh clone, before it starts it. `npm ci` runs it.
import { fileURLToPath } from 'node:url'
import { BuildError, freshBuild } from './cli/fresh-build.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
for (const script of ['mig-upgrade', 'mig-check', 'mig-verify']) {
  try {
    freshBuild(root, script)
  } catch (error) {
    // An installation has nothing to do with it: the command says what does not build.
    if (!(error instanceof BuildError)) throw error
  }
}
