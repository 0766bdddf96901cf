/** What somebody who knows Alembic types, and what does it here. */
const ways: Readonly<Record<string, string>> = {
  '--sql': 'write the script with just mig-sql',
  '-m': 'the message is the first argument: just mig-revision "add a column" user',
  '--message': 'the message is the first argument: just mig-revision "add a column" user',
  '--autogenerate': 'write it from the models with just mig-autogen "add a column" user',
  '-v': 'write --verbose',
  '-r': 'the range is an argument: just mig-history user a:b',
  '--rev-range': 'the range is an argument: just mig-history user a:b',
  '-i': 'just mig-history marks what is applied by itself',
  '--indicate-current': 'just mig-history marks what is applied by itself',
  '--branch-label': 'write --label NAME',
  '-n': 'set MIG_DIR to the environment folder',
  '--name': 'set MIG_DIR to the environment folder',
}

export const flagOfAlembic = (flag: string): string | undefined => ways[flag]
