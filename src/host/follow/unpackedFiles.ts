/** The unpacked copies of packed files that panels show: made with progress, deleted with the panel, or with the window. */
import os from 'node:os'
import path from 'node:path'
import * as vscode from 'vscode'
import { unpack, type Unpacked } from '../../node/textfile/decompress'
import { untilCancelled } from '../untilCancelled'

export class UnpackedFiles {
  private readonly copies = new Set<Unpacked>()
  private readonly closing = new AbortController()

  /**
   * Unpacks a file while the person is told how far it is and can cancel it.
   * @param wanted ends it when nobody wants the copy any more
   * @returns whoever gets it disposes of it; undefined when it was cancelled
   * @throws UserError as decompress.ts does
   */
  async unpack(file: string, wanted: AbortSignal): Promise<Unpacked | undefined> {
    const title = `Unpacking ${path.basename(file)}`
    const place = { location: vscode.ProgressLocation.Notification, title, cancellable: true }
    const ended = AbortSignal.any([wanted, this.closing.signal])
    const unpacked = await vscode.window.withProgress(place, (progress, token) =>
      untilCancelled(token, async (cancelled) => {
        let told = 0
        const onProgress = (share: number): void => {
          const percent = Math.floor(100 * share)
          if (percent > told) progress.report({ increment: percent - told, message: `${String(percent)} %` })
          told = Math.max(told, percent)
        }
        try {
          return await unpack(file, { folder: os.tmpdir(), signal: AbortSignal.any([cancelled, ended]), onProgress })
        } catch (error) {
          if (ended.aborted) return undefined
          throw error
        }
      }),
    )
    if (unpacked === undefined) return undefined
    if (ended.aborted) {
      await unpacked.dispose()
      return undefined
    }
    const { problem } = unpacked
    if (problem !== undefined) void vscode.window.showWarningMessage(problem)
    const copy: Unpacked = {
      path: unpacked.path,
      dispose: async () => {
        this.copies.delete(copy)
        await unpacked.dispose()
      },
    }
    this.copies.add(copy)
    return copy
  }

  /** The window closes, and its panels with it. */
  async dispose(): Promise<void> {
    this.closing.abort()
    await Promise.all([...this.copies].map((copy) => copy.dispose()))
  }
}
