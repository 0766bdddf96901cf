import { relative } from 'node:path'

/** A file as annotations name it: from the root of the repository, of which the project may be one folder. */
export function repositoryPath(file: string): string {
  return relative(process.env.GITHUB_WORKSPACE || process.cwd(), file)
}
