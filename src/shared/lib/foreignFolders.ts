/** Folders that hold other people's files, and many: patterns reach into them only where they name them. */
const NAMES = [
  'node_modules',
  'bower_components',
  '.git',
  '.hg',
  '.svn',
  '.venv',
  'venv',
  '__pycache__',
  '.tox',
  '.cache',
  '.vscode-test',
]

/** Globs of the folders that these patterns leave out. */
export function foreignFolders(patterns: readonly string[] = []): readonly string[] {
  const named = new Set(patterns.flatMap((pattern) => pattern.split('/')))
  return NAMES.filter((name) => !named.has(name)).map((name) => `**/${name}/**`)
}
