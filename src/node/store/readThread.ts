/** The thread that passes over a log for its store, and answers what needs more lines than the store's own thread may read. */
import { TextKernel } from '../../core/lines/wasm/textKernel'
import { Replayer } from '../../core/store/runPass'
import { SCAN_TEXT_BYTES } from '../textfile/scanText'
import type { ThreadPort } from '../textfile/textThread'
import { LogPass } from './logPass'
import type { FromReader, Question, ToReader, WorkerData } from './logProtocol'
import { ask, type Asked } from './logQuestions'

/** It is not at messages for so long. */
const TURN_MS = 8
/** Watchers are told at most this often. */
const TELL_MS = 100
const TELL_TIMELINE_MS = 1000

type Watch = Extract<ToReader, { type: 'watch' }>

interface Watcher {
  readonly everyMs: number
  /** The end is awaited: it is told at once. */
  readonly isAwaited: boolean
  toldAt: number
  /** Of how many lines it was told. */
  lines: number
  readonly tell: () => FromReader
}

interface Waiting {
  readonly id: number
  readonly question: Question
  asked: Asked | undefined
}

/**
 * Serves until the thread ends.
 * @throws an error of the system when the log can't be opened
 */
export function serveLog(port: ThreadPort<FromReader, ToReader>, { path, eventsOffset, kind }: WorkerData): void {
  const thread = new ReadThread(port, path, new LogPass(path, eventsOffset, kind), eventsOffset)
  port.onMessage((message) => {
    thread.take(message)
  })
}

class ReadThread {
  /** Up to here the log is known to have whole lines. */
  private known: number
  private readonly watchers = new Map<number, Watcher>()
  private readonly questions: Waiting[] = []
  private readonly replayer: Replayer
  private kernel: TextKernel | undefined
  private next: NodeJS.Immediate | undefined
  private timer: NodeJS.Timeout | undefined
  /** A state was asked for: more will be, and the keyframes are needed. */
  private isReplayed = false
  /** The log was cut: what it is said to have is not there. */
  private isStuck = false

  constructor(
    private readonly port: ThreadPort<FromReader, ToReader>,
    private readonly path: string,
    private readonly log: LogPass,
    eventsOffset: number,
  ) {
    this.known = eventsOffset
    this.replayer = new Replayer(log.pass.kind, log.pass.keyframes, eventsOffset)
  }

  take(message: ToReader): void {
    switch (message.type) {
      case 'grew':
        this.known = Math.max(this.known, message.bytes)
        break
      case 'watch':
        this.watchers.set(message.id, this.watcherOf(message))
        break
      case 'ask':
        this.questions.push({ id: message.id, question: message.question, asked: undefined })
        break
      case 'cancel': {
        this.watchers.delete(message.id)
        const at = this.questions.findIndex(({ id }) => id === message.id)
        if (at >= 0) this.questions.splice(at, 1)[0]?.asked?.close()
      }
    }
    this.next ??= setImmediate(this.turn)
  }

  private readonly turn = (): void => {
    this.next = undefined
    const began = performance.now()
    let isBusy = true
    while (isBusy && performance.now() - began < TURN_MS) isBusy = this.step()
    this.tell(!isBusy)
    if (isBusy) this.next ??= setImmediate(this.turn)
  }

  private step(): boolean {
    const [waiting] = this.questions
    if (waiting !== undefined) {
      this.answer(waiting)
      return true
    }
    // Without anybody who wants to know, the log is not read on; a question about a state needs its keyframes.
    if (this.watchers.size === 0 && !this.isReplayed) return false
    try {
      return this.log.step(this.known)
    } catch (error) {
      for (const id of this.watchers.keys()) this.port.post({ type: 'failed', id, message: reasonOf(error) })
      this.watchers.clear()
      return false
    }
  }

  private answer(waiting: Waiting): void {
    const { id, question } = waiting
    try {
      this.kernel ??= new TextKernel(SCAN_TEXT_BYTES)
      if (question.kind === 'state') this.isReplayed = true
      waiting.asked ??= ask(this.path, this.kernel, this.replayer, question)
      const value = waiting.asked.step(this.known)
      if (value === undefined) return
      this.port.post({ type: 'answer', id, value: value as Extract<FromReader, { type: 'answer' }>['value'] })
    } catch (error) {
      const isRange = error instanceof RangeError
      this.port.post({ type: 'failed', id, message: reasonOf(error), ...(isRange ? { isRange } : {}) })
    }
    waiting.asked?.close()
    this.questions.splice(this.questions.indexOf(waiting), 1)
  }

  private watcherOf({ id, what }: Watch): Watcher {
    const { log } = this
    const watcher = { everyMs: TELL_MS, isAwaited: what === 'blocks', toldAt: Number.NEGATIVE_INFINITY, lines: -1 }
    switch (what) {
      case 'blocks': {
        const blocks = log.blockTeller()
        // What can't be read here is somebody else's to read.
        const scanned = (): number => (this.isStuck ? Number.POSITIVE_INFINITY : log.scanned)
        return { ...watcher, tell: () => ({ type: 'blocks', id, blocks: blocks(), scanned: scanned() }) }
      }
      case 'summary': {
        const answers = log.answerTeller()
        return {
          ...watcher,
          tell: () => ({ type: 'summary', id, summary: log.pass.reducer.summary(), answers: answers() }),
        }
      }
      case 'timeline':
        return {
          ...watcher,
          everyMs: TELL_TIMELINE_MS,
          tell: () => ({ type: 'timeline', id, info: log.timeline(this.known) }),
        }
    }
  }

  /** @param isIdle nothing is left to be read now */
  private tell(isIdle: boolean): void {
    const { scanned } = this.log
    this.isStuck = isIdle && scanned < this.known
    const lines = this.isStuck ? Number.POSITIVE_INFINITY : this.log.lines
    const now = performance.now()
    let wait = Number.POSITIVE_INFINITY
    for (const watcher of this.watchers.values()) {
      if (watcher.lines === lines) continue
      const left = watcher.toldAt + watcher.everyMs - now
      if (left > 0 && !(isIdle && watcher.isAwaited)) {
        wait = Math.min(wait, left)
        continue
      }
      watcher.toldAt = now
      watcher.lines = lines
      this.port.post(watcher.tell())
    }
    if (!isIdle || wait === Number.POSITIVE_INFINITY) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.tell(true)
    }, wait)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
