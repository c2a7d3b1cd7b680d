/**
 * The shortest names that tell files apart: the last part of each path, with as many folders before it as it takes.
 * Works on both kinds of slashes; equal paths keep equal names.
 */
export function shortNames(paths: readonly string[]): readonly string[] {
  const parts = paths.map((path) => path.split(/[/\\]/).filter((part) => part !== ''))
  const depths = parts.map(() => 1)
  const nameOf = (i: number): string => (parts[i] ?? []).slice(-(depths[i] ?? 1)).join('/')
  for (;;) {
    const names = parts.map((_, i) => nameOf(i))
    const unclear = names.flatMap((name, i) => {
      const isShared = names.some((other, j) => j !== i && other === name && paths[j] !== paths[i])
      return isShared && (depths[i] ?? 1) < (parts[i] ?? []).length ? [i] : []
    })
    if (unclear.length === 0) return names.map((name, i) => name || (paths[i] ?? ''))
    for (const i of unclear) depths[i] = (depths[i] ?? 1) + 1
  }
}
