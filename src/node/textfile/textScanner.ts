/**
 * The host's end of the thread that searches a text file (scanThread.ts). A scan that does not answer (a regular expression that
 * takes for ever) is ended with its thread; who wants the others begins them again.
 */
import { UserError } from '../../shared/userError'
import type { FromScanThread, ScanSource, ScanTask, ToScanThread } from './scanProtocol'
import type { ThreadLike } from './textReader'

/** A scan that is told to end has so long. */
const PATIENCE_MS = 300

export interface ScanListener {
  onResult(result: Extract<FromScanThread, { type: 'found' | 'buckets' }>): void
  /** The scan was ended with its thread: what it found is void, and whoever wants it begins it again. */
  onRestart(): void
  onFailure(error: UserError): void
}

export interface RunningScan {
  /** The source goes up to here now. */
  extend(end: number): void
  /** Ends it. Resolves when the source is not read any more. */
  cancel(): Promise<void>
}

interface Held {
  source: ScanSource
  readonly task: ScanTask
  readonly listener: ScanListener
}

export class TextScanner {
  private thread: ThreadLike | undefined
  private readonly scans = new Map<number, Held>()
  private readonly ending = new Map<number, () => void>()
  private readonly cancelling = new Set<Promise<void>>()
  private nextId = 1

  /** @param start makes the thread when the first scan wants it */
  constructor(private readonly start: () => ThreadLike) {}

  scan(source: ScanSource, task: ScanTask, listener: ScanListener): RunningScan {
    const id = this.nextId++
    this.scans.set(id, { source, task, listener })
    this.post({ type: 'scan', id, source, task })
    return {
      extend: (end) => {
        const held = this.scans.get(id)
        if (held === undefined || held.source.end >= end) return
        held.source = { ...held.source, end }
        this.post({ type: 'extend', id, end })
      },
      cancel: () => this.cancel(id),
    }
  }

  /** Ends every scan and the thread. */
  async dispose(): Promise<void> {
    // A thread that is ended does not end the programs that it started.
    for (const id of this.scans.keys()) void this.cancel(id)
    await Promise.all(this.cancelling)
    await this.end()
  }

  private cancel(id: number): Promise<void> {
    if (!this.scans.delete(id) || this.thread === undefined) return Promise.resolve()
    const cancelled = this.cancelled(id)
    this.cancelling.add(cancelled)
    return cancelled.finally(() => this.cancelling.delete(cancelled))
  }

  private async cancelled(id: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const isEnded = await new Promise<boolean>((resolve) => {
      this.ending.set(id, () => {
        resolve(true)
      })
      timer = setTimeout(() => {
        resolve(false)
      }, PATIENCE_MS)
      this.post({ type: 'cancel', id })
    })
    clearTimeout(timer)
    this.ending.delete(id)
    if (isEnded) return
    const others = [...this.scans.values()]
    this.scans.clear()
    await this.end()
    for (const { listener } of others) listener.onRestart()
  }

  private async end(): Promise<void> {
    const { thread } = this
    this.thread = undefined
    await thread?.terminate()
    for (const resolve of this.ending.values()) resolve()
    this.ending.clear()
  }

  private post(message: ToScanThread): void {
    this.running().postMessage(message)
  }

  private running(): ThreadLike {
    if (this.thread !== undefined) return this.thread
    const thread = this.start()
    this.thread = thread
    thread.onMessage((message: FromScanThread) => {
      if (this.thread === thread) this.take(message)
    })
    thread.onError((error: Error) => {
      if (this.thread !== thread) return
      this.thread = undefined
      this.fail([...this.scans.keys()], error.message)
    })
    return thread
  }

  private take(message: FromScanThread): void {
    if (message.type === 'cancelled') this.ending.get(message.id)?.()
    else if (message.type === 'failed') this.fail([message.id], message.message)
    else this.scans.get(message.id)?.listener.onResult(message)
  }

  private fail(ids: readonly number[], reason: string): void {
    for (const id of ids) {
      const held = this.scans.get(id)
      this.scans.delete(id)
      held?.listener.onFailure(new UserError(`The file can't be searched: ${reason}`, 'scan_failed'))
    }
  }
}
