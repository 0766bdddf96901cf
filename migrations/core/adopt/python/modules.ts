import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MigError } from '../../errors.ts'
import { moduleScope } from './module-scope.ts'
import type { Modules, Scope } from './scope.ts'
import { readPython } from './statements.ts'

/** Packages whose names have a meaning of their own here; their source is never looked into. */
const knownPackages =
  /^(sqlalchemy|alembic|sqlalchemy_utils|sqlmodel|pgvector|geoalchemy2|oslo_db|oslo_utils|airflow\.migrations\.db_types)(\.|$)/

/**
 * The Python modules below some folders, read (never run) when a revision first names them. A module that cannot be
 * read, or that is being read already, counts as unknown: what needs it is reported where it is used.
 */
export function pythonModules(roots: readonly string[]): Modules {
  const known = new Map<string, Scope | undefined>()
  const modules: Modules = (name) => {
    if (known.has(name) || knownPackages.test(name)) return known.get(name)
    known.set(name, undefined)
    const scope = readModule(name, roots, modules)
    known.set(name, scope)
    return scope
  }
  return modules
}

function readModule(name: string, roots: readonly string[], modules: Modules): Scope | undefined {
  if (!/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(name)) return undefined
  const path = join(...name.split('.'))
  for (const root of roots) {
    for (const file of [join(root, path, '__init__.py'), join(root, `${path}.py`)]) {
      if (!existsSync(file)) continue
      const isPackage = file.endsWith('__init__.py')
      const home = isPackage ? name : name.replace(/\.?[^.]*$/, '')
      try {
        return moduleScope(readPython(readFileSync(file, 'utf8'), file).statements, {
          name,
          home,
          modules,
          file,
        })
      } catch (error) {
        if (error instanceof MigError && error.code === 'bad-python') return undefined
        throw error
      }
    }
  }
  return undefined
}
