/** The rotated files beside a followed one: offered as older history, and put above its lines when the person wants them. */
import os from 'node:os'
import path from 'node:path'
import * as vscode from 'vscode'
import { compressionOf, unpack, type Unpacked } from '../../node/textfile/decompress'
import type { FollowedText } from '../../node/textfile/followedText'
import { olderSiblings, type OlderSibling } from '../../node/textfile/olderSiblings'
import { TextFileStore } from '../../node/textfile/textFileStore'
import { Emitter } from '../../shared/lib/emitter'
import type { FollowInfo } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'

/** A rotation changes the list; it is read again at most this often. */
const LOOK_MS = 1000

export class OlderFiles {
  private readonly changed = new Emitter<undefined>()
  private readonly shown = new Set<string>()
  private readonly unpacked: Unpacked[] = []
  private readonly stop: () => void
  private found: readonly OlderSibling[] = []
  private rows = 0
  private timer: NodeJS.Timeout | undefined
  readonly onDidChange = this.changed.event

  /** Only one file has a history that can stand above it; several are merged by their times. */
  constructor(private readonly store: FollowedText) {
    this.lookSoon(0)
    this.stop = store.onDidChangeState(() => {
      // Each rotation is a row of its own.
      const rows = store.growth.phaseCounts['file'] ?? 0
      if (rows !== this.rows) this.lookSoon(LOOK_MS)
      this.rows = rows
    })
  }

  get list(): FollowInfo['older'] {
    return this.found
      .filter((file) => !this.shown.has(file.path))
      .map((file) => ({ path: file.path, name: path.basename(file.path), bytes: file.bytes }))
  }

  /** @throws UserError when it can't be read */
  async show(file: string): Promise<void> {
    const { store } = this
    if (!(store instanceof TextFileStore) || !this.list.some((older) => older.path === file))
      throw new UserError(`${file} is no older file of this log.`, 'not_older', 'bad_input')
    const plain = compressionOf(file) === undefined ? file : await this.unpack(file)
    if (plain === undefined) return
    await store.prepend(plain, file)
    this.shown.add(file)
    this.changed.fire(undefined)
  }

  dispose(): void {
    this.stop()
    clearTimeout(this.timer)
    for (const copy of this.unpacked.splice(0)) void copy.dispose()
  }

  /** Undefined when the person thought better of it. */
  private async unpack(file: string): Promise<string | undefined> {
    const title = `Unpacking ${path.basename(file)}`
    const place = { location: vscode.ProgressLocation.Notification, title, cancellable: true }
    return vscode.window.withProgress(place, async (progress, token) => {
      const cancel = new AbortController()
      token.onCancellationRequested(() => {
        cancel.abort()
      })
      try {
        let told = 0
        const unpacked = await unpack(file, {
          folder: os.tmpdir(),
          signal: cancel.signal,
          onProgress: (share) => {
            progress.report({ increment: 100 * (share - told) })
            told = share
          },
        })
        this.unpacked.push(unpacked)
        return unpacked.path
      } catch (error) {
        if (cancel.signal.aborted) return undefined
        throw error
      }
    })
  }

  private lookSoon(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      void this.look()
    }, ms)
  }

  private async look(): Promise<void> {
    if (!(this.store instanceof TextFileStore)) return
    this.found = await olderSiblings(this.store.path)
    this.changed.fire(undefined)
  }
}
