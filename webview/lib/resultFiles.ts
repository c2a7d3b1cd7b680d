/** What a result file is by its path: what a click on it opens. */

/** Rollouts writes its trajectories as `*.jsonl` in a folder of that name (facts/run-formats.md, 3.8). */
export function isTrajectoryFile(path: string): boolean {
  const parts = path.split(/[\\/]/)
  const name = parts.pop()
  return name !== undefined && /.\.jsonl$/i.test(name) && parts.includes('trajectories')
}

/** The name of a file, and the folder it lies in: relative to the command's own where it lies below it. */
export function placeOf(path: string, cwd: string | undefined): { readonly name: string; readonly folder: string } {
  const below = cwd !== undefined && /^[\\/]/.test(path.slice(cwd.length)) && path.startsWith(cwd)
  const short = below ? path.slice(cwd.length + 1) : path
  const slash = Math.max(short.lastIndexOf('/'), short.lastIndexOf('\\')) + 1
  return { name: short.slice(slash), folder: slash === 0 ? '' : short.slice(0, Math.max(1, slash - 1)) }
}

/** The icon of a file, by its ending. */
export function fileIcon(path: string): string {
  if (isTrajectoryFile(path)) return 'comment-discussion'
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  if (['json', 'jsonl', 'ndjson', 'yaml', 'yml', 'toml'].includes(ending)) return 'json'
  if (['png', 'jpg', 'jpeg', 'gif', 'svg', 'webp', 'bmp'].includes(ending)) return 'file-media'
  if (['csv', 'tsv', 'parquet'].includes(ending)) return 'table'
  if (['md', 'txt', 'log', 'html'].includes(ending)) return 'file-text'
  if (['pt', 'pth', 'ckpt', 'bin', 'onnx', 'safetensors', 'npy', 'npz', 'pkl', 'zip', 'gz'].includes(ending))
    return 'file-binary'
  return 'file'
}
