/** What the system tells of changes in a folder. */
import { watch } from 'node:fs'
import { statfs } from 'node:fs/promises'
import path from 'node:path'

export interface FolderNews {
  /**
   * Tells each change of a folder's entries, by name where it is known.
   * @param onNews `null` for a change of the folder itself, and where no name is known
   * @param onEnd it can't be watched any more
   * @throws as the system does: ENOSPC or EMFILE when it has no watcher left
   */
  watch(folder: string, onNews: (name: string | null) => void, onEnd: () => void): { close(): void }
  /** Whether the folder's file system tells nothing of changes that others make. Rejects when there is no such folder. */
  isSilent(folder: string): Promise<boolean>
}

/** `f_type` of NFS, SMB, CIFS, 9P (WSL), FUSE (sshfs, Docker), vboxsf. */
const SILENT_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546, 0x786f4256,
])

export const systemNews: FolderNews = {
  watch(folder, onNews, onEnd) {
    const own = path.basename(folder)
    const watcher = watch(folder, (_type, name) => {
      // When the folder itself is moved or deleted, its own name is told.
      onNews(name === own ? null : name)
    })
    watcher.on('error', onEnd)
    return watcher
  },
  async isSilent(folder) {
    return process.platform === 'linux' && SILENT_FILE_SYSTEMS.has((await statfs(folder)).type)
  },
}
