/** The rotated files beside a followed one: offered as older history, and put above its lines when the person wants them. */
import path from 'node:path'
import { compressionOf, type Unpacked } from '../../node/textfile/decompress'
import type { FollowedText } from '../../node/textfile/followedText'
import { olderSiblings, type OlderSibling } from '../../node/textfile/olderSiblings'
import { TextFileStore } from '../../node/textfile/textFileStore'
import { Emitter } from '../../shared/lib/emitter'
import type { FollowInfo } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'
import type { UnpackedFiles } from './unpackedFiles'

/** A rotation changes the list; it is read again at most this often. */
const LOOK_MS = 1000

export class OlderFiles {
  private readonly changed = new Emitter<undefined>()
  private readonly shown = new Set<string>()
  private readonly copies: Unpacked[] = []
  private readonly closing = new AbortController()
  private readonly stop: () => void
  private found: readonly OlderSibling[] = []
  private rows = 0
  private timer: NodeJS.Timeout | undefined
  readonly onDidChange = this.changed.event

  /** Only one file has a history that can stand above it; several are merged by their times. */
  constructor(
    private readonly store: FollowedText,
    private readonly unpackedFiles: UnpackedFiles,
  ) {
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
    this.closing.abort()
    for (const copy of this.copies.splice(0)) void copy.dispose()
  }

  /** Undefined when the person thought better of it. */
  private async unpack(file: string): Promise<string | undefined> {
    const copy = await this.unpackedFiles.unpack(file, this.closing.signal)
    if (copy !== undefined) this.copies.push(copy)
    return copy?.path
  }

  private lookSoon(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      void this.look()
    }, ms)
  }

  private async look(): Promise<void> {
    if (!(this.store instanceof TextFileStore) || compressionOf(this.store.path) !== undefined) return
    this.found = await olderSiblings(this.store.path)
    this.changed.fire(undefined)
  }
}
