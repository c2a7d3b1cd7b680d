/** Tells when files of some folders come and go; the folders themselves may come later, with all that is above them. */
import { existsSync, watch as watchFolder, type FSWatcher } from 'node:fs'
import path from 'node:path'
import { watch } from 'chokidar'

/** Changes of many files at once become one call. */
const SETTLE_MS = 50

/** @param wanted which files count, by path */
export function watchFolders(
  folders: readonly string[],
  wanted: (file: string) => boolean,
  onChange: () => void,
  onError: (error: unknown) => void,
): { close(): Promise<void> } {
  const watcher = watch([], { depth: 0, ignoreInitial: true })
  const waits = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const tellSoon = (): void => {
    if (isClosed) return
    // Not put off by what comes meanwhile: files may come without a pause.
    timer ??= setTimeout(() => {
      timer = undefined
      onChange()
    }, SETTLE_MS)
  }
  const note = (file: string): void => {
    if (wanted(file)) tellSoon()
  }

  /** Watches a folder, or waits at the nearest one above it: chokidar sees no folder come that is two levels away. */
  function begin(folder: string): void {
    waits.get(folder)?.close()
    waits.delete(folder)
    if (isClosed) return
    if (existsSync(folder)) {
      watcher.add(folder)
      return
    }
    const above = nearestAbove(folder)
    try {
      const wait = watchFolder(above, () => {
        if (nearestAbove(folder) === above && !existsSync(folder)) return
        begin(folder)
        // It may have come with files in it.
        if (existsSync(folder)) tellSoon()
      })
      wait.on('error', onError)
      waits.set(folder, wait)
    } catch (error) {
      onError(error)
      return
    }
    // It came while the watch was made.
    if (existsSync(folder) || nearestAbove(folder) !== above) begin(folder)
  }

  watcher.on('add', note)
  watcher.on('unlink', note)
  watcher.on('unlinkDir', (folder) => {
    if (!folders.includes(folder)) return
    watcher.unwatch(folder)
    tellSoon()
    begin(folder)
  })
  watcher.on('error', onError)
  for (const folder of folders) begin(folder)
  return {
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      for (const wait of waits.values()) wait.close()
      waits.clear()
      await watcher.close()
    },
  }
}

function nearestAbove(folder: string): string {
  let above = path.dirname(folder)
  while (!existsSync(above) && above !== path.dirname(above)) above = path.dirname(above)
  return above
}
