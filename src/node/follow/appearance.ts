/** Tells when a folder that is not there comes to be: its nearest folder that exists is watched. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { FSWatcher } from 'chokidar'

export class FolderAppearance {
  private watcher: FSWatcher | undefined
  private nearest: string | undefined
  private isClosed = false

  constructor(
    private readonly folder: string,
    private readonly onChange: () => void,
  ) {}

  /** Watches the folder that is nearest now; call it again when something has changed. */
  update(): void {
    let nearest = path.dirname(this.folder)
    while (!existsSync(nearest) && path.dirname(nearest) !== nearest) nearest = path.dirname(nearest)
    if (nearest === this.nearest || this.isClosed) return
    this.nearest = nearest
    void this.watch(nearest)
  }

  async close(): Promise<void> {
    this.isClosed = true
    await this.watcher?.close()
  }

  private async watch(nearest: string): Promise<void> {
    // Only those who wait for a folder pay for loading it.
    const { watch } = await import('chokidar')
    await this.watcher?.close()
    if (this.isClosed || this.nearest !== nearest) return
    const next = path.relative(nearest, this.folder).split(path.sep)[0] ?? ''
    const awaited = path.join(nearest, next)
    const watcher = watch(nearest, {
      depth: 0,
      ignoreInitial: false,
      // A watcher for each of its files would be of no use.
      ignored: (entry) => entry !== nearest && entry !== awaited,
    })
    this.watcher = watcher
    watcher.on('addDir', (entry) => {
      if (entry === awaited) this.onChange()
    })
    watcher.on('error', () => {
      // The slow look finds it then.
    })
  }
}
