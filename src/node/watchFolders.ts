/** Tells when files of some folders come and go; the folders themselves may come later. */
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
  const watcher = watch([...folders], { depth: 0, ignoreInitial: true })
  let timer: NodeJS.Timeout | undefined
  const note = (file: string): void => {
    if (!wanted(file)) return
    clearTimeout(timer)
    timer = setTimeout(onChange, SETTLE_MS)
  }
  watcher.on('add', note)
  watcher.on('unlink', note)
  watcher.on('error', onError)
  return {
    close: async () => {
      clearTimeout(timer)
      await watcher.close()
    },
  }
}
