/**
 * A writer that does everything to its file in a random order, and a follower that is looked at by chance, paused, and started
 * anew: every line comes once, in the order of its content.
 *
 * What is promised, and so what the writer waits for: bytes must have been looked at (`look`) before they are destroyed, which is
 * truncating, writing over, deleting, and removing a rotated file. It does not wait before it renames, before it copies and
 * truncates a content of which something was looked at (the copy has the rest), before it replaces the file by one that holds the same
 * and more, or while nobody follows and it appends and renames. A rotated file is written to at most a second after its last byte.
 * TAPEDECK_SEED repeats a run, TAPEDECK_OPERATIONS=10000 is the long one.
 */
import assert from 'node:assert/strict'
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { FollowedText } from '../../../test/fakes/followedText'
import { temporaryFolder } from '../../../test/fakes/logs'
import { Random } from '../../../test/fakes/random'

const SEED = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)
const OPERATIONS = Number(process.env['TAPEDECK_OPERATIONS'] ?? 800)
const KEPT_FILES = 6
const MAX_BYTES = 150_000

/** The lines of one content, from its beginning to what destroyed or rotated it. */
interface Content {
  readonly lines: string[]
}

class Torturer {
  private readonly random = new Random(SEED)
  private serial = 0
  private contents: Content[] = [{ lines: [] }]
  /** Text of the file behind its last newline. */
  private partial = ''
  /** Whole lines in the file, with the number of lines that were there before its present content began. */
  private inFile: string[] = []
  private oldOnes: { readonly fd: number; readonly content: Content; until: number }[] = []
  private isUnseen = false
  private followed: FollowedText | undefined
  /** Lines of the followers before this one. */
  private before: string[] = []
  /** What was done, with the number of the next line, for the message of a failure. */
  private readonly trace: { readonly name: string; readonly serial: number }[] = []

  constructor(private readonly file: string) {}

  async run(): Promise<void> {
    writeFileSync(this.file, '')
    this.followed = new FollowedText(this.file)
    await this.followed.follower.start()
    for (let i = 0; i < OPERATIONS; i++) {
      const [name, operation] = this.random.pick(this.operations)
      this.trace.push({ name, serial: this.serial })
      await operation()
      if (this.random.below(3) === 0) await setImmediate()
      if (this.random.below(40) === 0) await setTimeout(this.random.below(30))
      if (this.size() > MAX_BYTES) await this.rename()
    }
    if (this.partial !== '') this.append()
    await this.caughtUp()
    await this.finished()
  }

  async close(): Promise<void> {
    for (const { fd } of this.oldOnes) closeSync(fd)
    await this.followed?.close()
  }

  private readonly operations: readonly (readonly [string, () => unknown])[] = [
    ...Array.from({ length: 8 }, () => ['append', () => this.append()] as const),
    ...Array.from({ length: 4 }, () => ['piece', () => this.piece()] as const),
    ...Array.from({ length: 2 }, () => ['write to an old one', () => this.writeOld()] as const),
    ['rename', () => this.rename()],
    ['copy and truncate', () => this.copyTruncate()],
    ['truncate', () => this.truncate()],
    ['rewrite', () => this.rewrite()],
    ['replace', () => this.replace()],
    ['delete', () => this.delete()],
    ['restart', () => this.restart()],
    ['pause', () => this.pause()],
  ]

  private nextLine(): string {
    return `line ${String(this.serial++)} ${'äbc'.repeat(this.random.below(12))}`
  }

  private content(): Content {
    return this.contents.at(-1) ?? { lines: [] }
  }

  private write(text: string): void {
    appendFileSync(this.file, text)
    this.note(text)
  }

  private note(text: string): void {
    const lines = (this.partial + text).split('\n')
    this.partial = lines.pop() ?? ''
    this.content().lines.push(...lines)
    this.inFile.push(...lines)
  }

  /** The next content begins; an unfinished line stays one. */
  private endContent(): void {
    if (this.partial !== '') this.content().lines.push(this.partial)
    this.partial = ''
    this.inFile = []
    this.isUnseen = true
    this.contents.push({ lines: [] })
  }

  private append(): void {
    let text = this.partial === '' ? '' : `${this.nextLine()}\n`
    for (let i = this.random.below(6); i >= 0; i--) text += `${this.nextLine()}\n`
    this.write(text)
  }

  /** Cut anywhere, also within a character; the rest comes at once or with whatever is appended next. */
  private piece(): void {
    const bytes = Buffer.from(this.nextLine())
    const cut = this.random.below(bytes.length + 1)
    appendFileSync(this.file, bytes.subarray(0, cut))
    appendFileSync(this.file, bytes.subarray(cut))
    this.note(bytes.toString('utf8'))
  }

  private writeOld(): void {
    const now = performance.now()
    this.oldOnes = this.oldOnes.filter(({ fd, until }) => {
      if (until > now) return true
      closeSync(fd)
      return false
    })
    const old = this.oldOnes.at(-1)
    if (old === undefined) return
    const line = this.nextLine()
    writeSync(old.fd, `${line}\n`)
    old.content.lines.push(line)
    old.until = now + 1000
  }

  /** Makes `.1` free. */
  private async shift(): Promise<void> {
    const name = (number: number): string => `${this.file}.${String(number)}`
    if (existsSync(name(KEPT_FILES))) {
      await this.caughtUp()
      unlinkSync(name(KEPT_FILES))
    }
    for (let number = KEPT_FILES - 1; number >= 1; number--) {
      if (existsSync(name(number))) renameSync(name(number), name(number + 1))
    }
  }

  private async rename(): Promise<void> {
    await this.shift()
    const staysOpen = this.partial === '' && this.random.below(3) === 0
    const content = this.content()
    if (staysOpen) {
      this.oldOnes.push({ fd: openSync(this.file, 'a'), content, until: performance.now() + 1000 })
    }
    renameSync(this.file, `${this.file}.1`)
    this.endContent()
    if (this.random.below(3) === 0) await setTimeout(this.random.below(20))
    writeFileSync(this.file, '')
    if (this.random.below(2) === 0) this.append()
  }

  private async copyTruncate(): Promise<void> {
    if (this.isUnseen) await this.caughtUp()
    await this.shift()
    copyFileSync(this.file, `${this.file}.1`)
    truncateSync(this.file)
    this.endContent()
    for (let i = this.random.below(8); i > 0; i--) this.append()
  }

  private async truncate(): Promise<void> {
    await this.caughtUp()
    const kept = this.inFile.slice(0, this.random.below(this.inFile.length + 1))
    truncateSync(this.file, Buffer.byteLength(kept.map((line) => `${line}\n`).join('')))
    this.endContent()
    this.inFile = kept
    if (this.random.below(2) === 0) this.append()
  }

  private async rewrite(): Promise<void> {
    await this.caughtUp()
    const lines = this.inFile.length
    this.endContent()
    writeFileSync(this.file, '')
    for (let i = this.random.below(2 * lines + 2); i > 0; i--) this.write(`${this.nextLine()}\n`)
  }

  private replace(): void {
    const more = `${this.nextLine()}\n`
    writeFileSync(`${this.file}.new`, Buffer.concat([readFileSync(this.file), Buffer.from(more)]))
    renameSync(`${this.file}.new`, this.file)
    this.contents.push({ lines: [] })
    this.note(more)
  }

  private async delete(): Promise<void> {
    await this.caughtUp()
    unlinkSync(this.file)
    this.endContent()
    if (this.random.below(2) === 0) await setTimeout(this.random.below(20) === 0 ? 2000 : this.random.below(50))
    writeFileSync(this.file, '')
  }

  private async restart(): Promise<void> {
    const { followed } = this
    if (followed === undefined) return
    this.finishOld()
    await this.caughtUp()
    await followed.close()
    this.before.push(...followed.inOrder)
    const position = followed.follower.positionBefore(followed.pendingBytes)
    for (let i = this.random.below(6); i > 0; i--) {
      if (this.random.below(4) === 0) await this.renameUnseen()
      else this.append()
    }
    this.followed = new FollowedText(this.file, position ?? 'start')
    await this.followed.follower.start()
  }

  /** Nobody follows: nothing may be removed. */
  private async renameUnseen(): Promise<void> {
    if (existsSync(`${this.file}.${String(KEPT_FILES)}`)) return
    await this.shift()
    renameSync(this.file, `${this.file}.1`)
    this.endContent()
    writeFileSync(this.file, '')
  }

  private async pause(): Promise<void> {
    const { follower } = this.followed ?? {}
    follower?.pause()
    for (let i = this.random.below(5); i > 0; i--) {
      this.append()
      await setImmediate()
    }
    if (this.random.below(2) === 0) await this.rename()
    this.append()
    follower?.resume()
  }

  private finishOld(): void {
    for (const { fd } of this.oldOnes) closeSync(fd)
    this.oldOnes = []
  }

  private async caughtUp(): Promise<void> {
    this.followed?.follower.resume()
    await this.followed?.follower.look()
    this.isUnseen = this.size() === 0
  }

  private async finished(): Promise<void> {
    const expected = this.contents.flatMap(({ lines }) => lines)
    const { followed, before } = this
    if (followed === undefined) return
    const wait = followed.until(() => before.length + followed.lines.length >= expected.length)
    // What does not come within the time of a rotated file's end does not come at all.
    await Promise.race([wait, setTimeout(3000, undefined, { ref: true })])
    const got = [...before, ...followed.inOrder]
    const at = got.findIndex((line, i) => line !== expected[i])
    const about = (lines: readonly string[]): string => JSON.stringify(lines.slice(Math.max(0, at - 2), at + 5))
    const failed = Number(/\d+/.exec(expected[at] ?? got[at] ?? '')?.[0])
    const done = this.trace.flatMap(({ name, serial }) =>
      serial > failed - 30 && serial < failed + 25 ? [`${name} ${String(serial)}`] : [],
    )
    const states = followed.files.slice(-6).map((event) => JSON.stringify(event))
    assert.ok(
      at < 0 && got.length === expected.length,
      `seed ${String(SEED)}, ${done.join(', ')}: line ${String(at)} of ${String(got.length)}, ${String(expected.length)} written\n` +
        `got  ${about(got)}\nmust ${about(expected)}\n${states.join('\n')}`,
    )
  }

  private size(): number {
    return existsSync(this.file) ? statSync(this.file).size : 0
  }
}

describe('a follower under torture', () => {
  const folder = temporaryFolder()
  let torturer: Torturer

  afterEach(() => torturer.close())

  it(`misses, repeats and disorders nothing (TAPEDECK_SEED=${String(SEED)}, ${String(OPERATIONS)} operations)`, async function () {
    this.timeout(20_000 + OPERATIONS * 50)
    torturer = new Torturer(path.join(folder.path, 'x.log'))
    await torturer.run()
  })
})
