/**
 * Follows a text file through whatever its writer does to it, and hands out its bytes as they come.
 *
 * What is promised: each byte that was in the file when it was looked at is handed out once, in order, and none that never was
 * there. Files that are rotated away are read to their end, also those that came and went between two looks. What is
 * destroyed (by truncating, writing over, deleting a file that was never opened) before it was looked at can't be had, unless
 * a rotated copy of it lies beside. A content that is written over counts as changed when the 64 bytes before the position, the
 * first 256, or, where it has not grown, any of the last 256 kB are others; whole lines at the beginning that stayed the same
 * are not handed out again.
 */
import { lstatSync } from 'node:fs'
import path from 'node:path'
import { FolderAppearance } from './appearance'
import { holds, positionOf, type FollowPosition } from './followPosition'
import type { FollowedFileEvent, FollowSink, FollowState } from './followSink'
import type { HeldFile } from './heldFile'
import { isSameFile, type FileIdentity } from './heldFile'
import { keptPrefix, utf16Of } from './keptPrefix'
import type { FolderNews } from './folderNews'
import { lastLinesStart } from './lastLines'
import { Generation } from './generation'
import { KnownFiles } from './knownFiles'
import { copyOf, findRotated } from './siblings'
import { checkFollowable, openNamed } from './namedFile'
import { Turns } from './turns'
import { Waker } from './waker'
import { waysTo } from './waysTo'

export interface FollowOptions {
  /** Where to begin in a file that is there: its start, its last lines, or where an earlier follower stood. */
  readonly from: 'start' | { readonly lines: number } | FollowPosition
  /** The most that is handed out at once. */
  readonly chunkBytes?: number
  /** What tells of changes, if not the system. */
  readonly news?: FolderNews
}

/** A rotated file is read on so long after its last byte, in milliseconds. */
const DRAIN_MS = 1500
/** A name that leads nowhere for so long is gone; rotation takes less. */
const GONE_MS = 300
/** One piece; all followers of a thread share the memory. */
const CHUNK_BYTES = 512 * 1024
/** So many files are held while paused; more are found again by their names. */
const MAX_HELD = 64
let sharedBuffer: Buffer | undefined

export class FileFollower {
  readonly path: string
  private readonly waker: Waker
  private readonly appearance: FolderAppearance
  /** Files that are held, oldest first; the last one is, or was, the one with the name. */
  private generations: Generation[] = []
  /** The newest of those that were let go: its content may come back. */
  private lastSeen: Generation | undefined
  private readonly known: KnownFiles
  private nextNumber = 0
  private toldState: FollowState | undefined
  private toldProblem: string | undefined
  private isPaused = false
  private isClosed = false
  private hasStarted = false
  private isWanted = false
  private isNews = false
  private isLooking = false
  private looking: Promise<void> = Promise.resolve()
  private grown = 0
  private readonly turns = new Turns((error) => {
    this.problem(error)
  })
  /** The file's own name, and those of links on the way to it and of what they lead to. */
  private names: readonly string[] = []
  private missingSince: number | undefined
  private isGoneTold = false

  constructor(
    file: string,
    private readonly options: FollowOptions,
    private readonly sink: FollowSink,
  ) {
    this.path = path.resolve(file)
    this.known = new KnownFiles(this.path)
    this.waker = new Waker(
      {
        wake: () => {
          this.wake(true)
        },
        tick: () => {
          this.wake(false)
        },
        isWanted: (name) => this.concerns(name),
        notice: (message) => this.sink.notice?.(message),
        busy: (isBusy) => this.sink.busy?.(isBusy),
      },
      options.news,
    )
    this.appearance = new FolderAppearance(path.dirname(this.path), () => {
      this.wake(true)
    })
  }

  /**
   * Begins, or waits for a file that is not there. Resolves when what is there was handed out.
   * @throws UserError for a directory, a device or a pipe, and a file that can't be read
   */
  async start(): Promise<void> {
    await this.open()
    await this.look()
  }

  /** Begins without reading; `look` reads. @throws UserError as `start` */
  async open(): Promise<void> {
    checkFollowable(this.path)
    this.hasStarted = true
    this.findFolders()
    await this.openFirst()
    this.knowSiblings()
  }

  /** Looks now, as at news of it where `isNews`. Resolves when what was there is handed out. */
  async look(isNews = false): Promise<void> {
    this.wake(isNews)
    while (this.isLooking) await this.looking
  }

  /** Hands out nothing more; files that are rotated away meanwhile are held. */
  pause(): void {
    this.isPaused = true
    this.tellState()
  }

  resume(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.tellState()
    this.wake(true)
  }

  /** Releases every descriptor, watcher and timer. What was not handed out is not handed out any more. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    this.waker.close()
    this.turns.close()
    while (this.isLooking) await this.looking
    for (const { held } of this.generations) held.close()
    await this.appearance.close()
  }

  get state(): FollowState {
    if (this.isPaused) return 'paused'
    if (this.missingSince === undefined) return 'following'
    if (this.nextNumber === 0) return 'waiting'
    return this.isGoneTold ? 'gone' : 'following'
  }

  /** Bytes that are there and were not handed out, as they come in while paused. */
  get pendingBytes(): number {
    let sum = 0
    for (const { held, beginning } of this.generations) {
      sum += Math.max(0, held.size - (beginning === undefined ? held.position : 0))
    }
    return sum
  }

  /** Where to go on after a restart; undefined before anything was opened. */
  get position(): FollowPosition | undefined {
    return this.positionBefore(0)
  }

  /** The same, so that the last `bytes` come again: those of an unfinished line. */
  positionBefore(bytes: number): FollowPosition | undefined {
    const begun = this.generations.findLast(({ beginning }) => beginning === undefined) ?? this.lastSeen
    return begun === undefined ? undefined : positionOf(begun.held, bytes)
  }

  private wake(isNews: boolean): void {
    if (this.isClosed || !this.hasStarted) return
    this.isWanted = true
    this.isNews ||= isNews
    if (this.isLooking) return
    this.isLooking = true
    this.looking = this.lookAgain()
  }

  private async lookAgain(): Promise<void> {
    try {
      while (this.isWanted && !this.isClosed) {
        const { isNews } = this
        this.isWanted = false
        this.isNews = false
        await this.lookOnce(isNews)
      }
    } finally {
      this.isLooking = false
    }
  }

  private async lookOnce(isNews: boolean): Promise<void> {
    this.grown = 0
    this.turns.begin()
    let isOther = false
    try {
      await this.readAll(isNews)
      // Files may be rotated as fast as they are found.
      for (let i = 0; i < 10 && !this.hasEnded() && this.discover(); i++) {
        isOther = true
        await this.readAll(false)
      }
      if (!this.hasEnded()) this.retire()
    } catch (error) {
      this.problem(error)
    }
    if (this.hasEnded()) return
    this.tellState()
    if (!isNews || isOther) this.findFolders()
    const isOften = this.generations.length > 1 || this.missingSince !== undefined || this.isPaused
    this.waker.didLook(this.grown, !isNews, isOften)
  }

  // Methods, so that they count as changed after each wait.

  private hasEnded(): boolean {
    return this.isClosed
  }

  private isHeldUp(): boolean {
    return this.isClosed || this.isPaused
  }

  private async readAll(isNews: boolean): Promise<void> {
    if (this.isPaused) return
    let before = this.lastSeen
    for (const generation of [...this.generations]) {
      if (!this.generations.includes(generation)) continue
      if (generation.beginning !== undefined) this.begin(generation, generation.beginning, before)
      await this.readOn(generation, isNews)
      if (this.isHeldUp()) return
      // What was empty says nothing about what follows.
      if (generation.held.position > 0) before = generation
    }
  }

  private begin(generation: Generation, state: FollowedFileEvent['state'], before: Generation | undefined): void {
    const { held, startAt } = generation
    const number = this.nextNumber++
    generation.number = number
    generation.beginning = undefined
    const kept = before === undefined ? undefined : generation.keptOf(before)
    held.seek(kept?.bytes ?? startAt)
    const encoding = held.position > 0 ? utf16Of(held.bytesAt(0, 2)) : undefined
    this.sink.file(
      {
        state,
        path: this.path,
        generation: number,
        ...(kept === undefined ? {} : { keptBytes: kept.bytes, keptOf: kept.of }),
        ...(kept?.isAll === true ? { goesOn: true } : {}),
        ...(encoding === undefined ? {} : { encoding }),
      },
      held,
    )
  }

  private async readOn(generation: Generation, isNews: boolean): Promise<void> {
    const { held } = generation
    sharedBuffer ??= Buffer.allocUnsafeSlow(CHUNK_BYTES)
    try {
      for (let isFirst = true; ; isFirst = false) {
        const offset = held.position
        const read = held.read(this.roomOf(sharedBuffer), isNews && isFirst)
        if (read === 'nothing') return
        if (read === 'changed') await this.writtenOver(generation)
        else await this.handOut(generation, read, offset)
        if (this.isHeldUp()) return
      }
    } catch (error) {
      this.problem(error)
      const { code } = error as NodeJS.ErrnoException
      // The server of a network drive does not know the file any more; its name may lead to another.
      if (code === 'ESTALE') this.letGo(generation)
    }
  }

  private roomOf(buffer: Buffer): Buffer {
    return buffer.subarray(0, this.options.chunkBytes)
  }

  private handOut(generation: Generation, bytes: Uint8Array, offset: number): Promise<void> | undefined {
    this.grown += bytes.length
    this.toldProblem = undefined
    generation.lastBytesAt = performance.now()
    return this.turns.after(this.sink.bytes(bytes, { generation: generation.number, offset }))
  }

  /** The content is another now, the file is the same. */
  private async writtenOver(generation: Generation): Promise<void> {
    const { held } = generation
    const copy = copyOf(this.path, held, generation.since, (identity) => this.isBegun(identity))
    if (copy !== undefined) {
      this.known.add(copy.identity)
      // While paused it looked like a file that had the name.
      for (const one of [...this.generations]) {
        if (one.beginning !== undefined && isSameFile(one.held.identity, copy.identity)) this.letGo(one)
      }
      try {
        await this.readCopy(copy, generation)
      } finally {
        copy.close()
      }
    }
    this.knowSiblings()
    const state = held.size < held.position ? 'truncated' : 'rewritten'
    const kept = keptPrefix(held, held)
    const last = generation.number
    held.restart(kept.bytes)
    generation.number = this.nextNumber++
    generation.since = Date.now()
    this.sink.file(
      {
        state,
        path: this.path,
        generation: generation.number,
        ...(kept.bytes === 0 ? {} : { keptBytes: kept.bytes, keptOf: last }),
      },
      held,
    )
    this.sink.ended?.(last)
  }

  /** What a copy holds that was truncated before it was read. */
  private async readCopy(copy: HeldFile, generation: Generation): Promise<void> {
    sharedBuffer ??= Buffer.allocUnsafeSlow(CHUNK_BYTES)
    for (;;) {
      const offset = copy.position
      const read = copy.read(this.roomOf(sharedBuffer))
      if (read === 'nothing' || read === 'changed' || this.isClosed) return
      await this.handOut(generation, read, offset)
    }
  }

  /** Looks where the name leads; true when that is another file than before. */
  private discover(): boolean {
    const current = this.generations.at(-1)
    const found = this.openNamed(current?.retiredAt === undefined ? current?.held.identity : undefined)
    if (found === 'missing') {
      this.isMissing(current)
      return false
    }
    const wasGone = this.isGoneTold
    this.missingSince = undefined
    this.isGoneTold = false
    if (found === 'same') return false
    this.toldProblem = undefined
    const again = this.generations.find(({ held }) => isSameFile(held.identity, found.identity))
    if (again !== undefined) {
      found.close()
      this.comeBack(again, wasGone)
      return true
    }
    const before = current ?? this.lastSeen
    if (current !== undefined) current.retiredAt ??= performance.now()
    if (before === undefined) this.add(found, 'opened')
    else {
      const isLink = lstatSync(this.path, { throwIfNoEntry: false })?.isSymbolicLink() === true
      const hasName = current?.held.hasName ?? true
      if (!isLink) this.addBetween(before.held.identity, found.identity)
      const state = wasGone ? 'back' : isLink || !hasName ? 'replaced' : 'rotated'
      this.add(found, state, 0, wasGone)
      this.knowSiblings()
    }
    return true
  }

  /** Files that had the name between two others, and that nobody has seen. */
  private addBetween(last: FileIdentity, next: FileIdentity): void {
    const found = this.known.filesBetween(last, next)
    for (const held of found) {
      if (this.generations.length >= MAX_HELD) held.close()
      else this.add(held, 'rotated').retiredAt = performance.now()
    }
  }

  private knowSiblings(): void {
    const current = this.generations.at(-1)
    if (current === undefined) return
    this.known.addSiblings(() => {
      const named = this.openNamed(current.held.identity)
      if (named !== 'same' && named !== 'missing') named.close()
      return named === 'same'
    })
  }

  /** Whether it was read as a file of its own. */
  private isBegun(identity: FileIdentity): boolean {
    if (!this.known.has(identity)) return false
    return !this.generations.some(
      ({ held, beginning }) => beginning !== undefined && isSameFile(held.identity, identity),
    )
  }

  private openNamed(current: FileIdentity | undefined): HeldFile | 'same' | 'missing' {
    try {
      return openNamed(this.path, current)
    } catch (error) {
      this.problem(error)
      return 'missing'
    }
  }

  private add(held: HeldFile, beginning: FollowedFileEvent['state'], startAt = 0, isAfterGap = false): Generation {
    this.known.add(held.identity)
    const generation = new Generation(held, beginning, startAt, isAfterGap)
    this.generations.push(generation)
    return generation
  }

  /** A file that is still held has its name again. */
  private comeBack(generation: Generation, wasGone: boolean): void {
    const last = this.generations.at(-1)
    if (last !== undefined && last !== generation) last.retiredAt ??= performance.now()
    generation.retiredAt = undefined
    this.generations = [...this.generations.filter((one) => one !== generation), generation]
    if (wasGone && generation.beginning === undefined) {
      this.sink.file({ state: 'back', path: this.path, generation: generation.number }, generation.held)
    }
  }

  private isMissing(current: Generation | undefined): void {
    const now = performance.now()
    this.missingSince ??= now
    if (current !== undefined) current.retiredAt ??= now
    this.appearance.update()
    if (this.isGoneTold || this.nextNumber === 0 || now - this.missingSince < GONE_MS || this.isPaused) return
    this.isGoneTold = true
    this.sink.file({ state: 'gone', path: this.path, generation: this.nextNumber - 1 })
  }

  /** Lets rotated files go that nobody writes to any more. */
  private retire(): void {
    if (this.isPaused) return
    const now = performance.now()
    for (const generation of this.generations) {
      const { retiredAt, lastBytesAt, beginning } = generation
      if (retiredAt === undefined || beginning !== undefined) continue
      if (now - Math.max(retiredAt, lastBytesAt) > DRAIN_MS) this.letGo(generation)
    }
  }

  private letGo(generation: Generation): void {
    generation.held.close()
    if (generation === this.generations.at(-1)) this.lastSeen = generation
    this.generations = this.generations.filter((one) => one !== generation)
    if (generation.beginning === undefined) this.sink.ended?.(generation.number)
  }

  private async openFirst(): Promise<void> {
    const { from } = this.options
    const found = this.openNamed(undefined)
    const held = found === 'missing' || found === 'same' ? undefined : found
    if (from === 'start' || 'lines' in from) {
      if (held === undefined) return
      this.add(held, 'opened', from === 'start' ? 0 : await lastLinesStart(held, from.lines))
      return
    }
    if (held !== undefined && holds(held, from)) {
      this.add(held, 'opened', from.offset)
      return
    }
    // It was rotated while nobody looked.
    const rotated = findRotated(this.path, from.inode, (one) => holds(one, from))
    if (rotated !== undefined) {
      this.add(rotated, 'opened', from.offset).retiredAt = performance.now()
      if (held === undefined) return
      this.addBetween(rotated.identity, held.identity)
      this.add(held, 'rotated')
    } else if (held !== undefined) {
      const isSame = String(held.identity.ino) === from.inode
      this.add(held, !isSame ? 'replaced' : held.size < from.offset ? 'truncated' : 'rewritten')
    }
  }

  private findFolders(): void {
    const ways = waysTo(this.path)
    this.names = ways.map((way) => path.basename(way))
    this.waker.setFolders([...new Set(ways.map((way) => path.dirname(way)))])
  }

  /** Whether news of this name may be news of ours. */
  private concerns(name: string): boolean {
    if (this.generations.length > 1 || this.missingSince !== undefined) return true
    return this.names.includes(name)
  }

  private tellState(): void {
    const { state } = this
    if (state === this.toldState) return
    this.toldState = state
    this.sink.state?.(state)
  }

  private problem(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error)
    if (why === this.toldProblem) return
    this.toldProblem = why
    const message = `${this.path} can't be read: ${why}`
    this.sink.notice?.(message)
    this.sink.failed?.(message)
  }
}
