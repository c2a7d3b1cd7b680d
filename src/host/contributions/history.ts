/** What belongs to past runs besides their view: the search over them, their bounds, and the room that they take. */
import type { Container } from '../container'
import { registerDiskWarning } from '../history/diskWarning'
import { registerRetention } from '../history/retention'
import { registerSearchRuns } from '../history/searchRunsCommand'

export function registerHistory(container: Container): void {
  registerSearchRuns(container)
  registerRetention(container)
  registerDiskWarning(container)
}
