/**
 * Tells when files of some folders come and go; the folders themselves may come later, with all that is above them. One watch a folder,
 * however many files it has.
 */
import { existsSync, watch, type FSWatcher } from 'node:fs'
import path from 'node:path'

/** Changes of many files at once become one call. */
const SETTLE_MS = 50

/** @param wanted which files count, by path */
export function watchFolders(
  folders: readonly string[],
  wanted: (file: string) => boolean,
  onChange: () => void,
  onError: (error: unknown) => void,
): { close(): Promise<void> } {
  /** By folder: its own watch, or the one of the nearest folder above it that is there. */
  const watches = new Map<string, FSWatcher>()
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

  function begin(folder: string): void {
    watches.get(folder)?.close()
    watches.delete(folder)
    if (isClosed) return
    const isThere = existsSync(folder)
    const place = isThere ? folder : nearestAbove(folder)
    try {
      const watcher = isThere ? watchFiles(folder) : waitFor(folder, place)
      watcher.on('error', (error) => {
        // Windows tells so that a watched folder is gone.
        if (existsSync(place)) onError(error)
        else begin(folder)
      })
      watches.set(folder, watcher)
    } catch (error) {
      // Gone since we looked.
      if (!existsSync(place)) begin(folder)
      else onError(error)
      return
    }
    // It came while the watch was made.
    if (!isThere && (existsSync(folder) || nearestAbove(folder) !== place)) come(folder)
  }

  function watchFiles(folder: string): FSWatcher {
    return watch(folder, (event, name) => {
      // What a file holds is of no interest here.
      if (event === 'change') return
      if (name !== null && wanted(path.join(folder, name))) tellSoon()
      // The folder itself was deleted, moved or replaced.
      if (name !== null && name !== path.basename(folder)) return
      tellSoon()
      begin(folder)
    })
  }

  function waitFor(folder: string, above: string): FSWatcher {
    return watch(above, () => {
      if (nearestAbove(folder) !== above || existsSync(folder)) come(folder)
    })
  }

  /** It may have come with files in it. */
  function come(folder: string): void {
    begin(folder)
    if (existsSync(folder)) tellSoon()
  }

  for (const folder of folders) begin(folder)
  return {
    close: () => {
      isClosed = true
      clearTimeout(timer)
      for (const watcher of watches.values()) watcher.close()
      watches.clear()
      return Promise.resolve()
    },
  }
}

function nearestAbove(folder: string): string {
  let above = path.dirname(folder)
  while (!existsSync(above) && above !== path.dirname(above)) above = path.dirname(above)
  return above
}
