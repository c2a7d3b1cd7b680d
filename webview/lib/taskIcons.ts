/** The icon of a task by its state; a log may hold any word for it. */
const icons = new Map([
  ['in_progress', 'play-circle'],
  ['completed', 'pass'],
  ['failed', 'error'],
])

export function taskIcon(state: string): string {
  return icons.get(state) ?? 'circle-large-outline'
}
