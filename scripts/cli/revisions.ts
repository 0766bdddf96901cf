import { MigError, type Project, type RevisionFile } from '../../migrations/core/index.ts'

/**
 * The file of a revision that the user named: an id, a prefix, a label, `head`, `key@head`.
 * @throws MigError as the graph's `resolve` does, `no-revision` when the name stands for base.
 */
export function fileOf(project: Project, name: string): RevisionFile {
  const id = project.graph.resolve(name)
  const file = id === null ? undefined : project.files.get(id)
  if (file === undefined)
    throw new MigError('no-revision', `${JSON.stringify(name)} names no revision file`, {
      help: 'just mig-history lists them',
    })
  return file
}
