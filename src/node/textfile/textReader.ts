/** The host's end of the thread that reads text files (textThread.ts); one for all stores. */
import { UserError } from '../../shared/userError'
import type { FromTextThread, TextFileOptions, TextRequestName, TextRequests, TextState } from './textProtocol'

/** What is used of a worker thread. */
export interface ThreadLike {
  postMessage(message: unknown): void
  onMessage(listener: (message: never) => void): void
  /** It broke down or ended; a thread that broke down may tell both. */
  onError(listener: (error: Error) => void): void
  terminate(): Promise<unknown>
}

interface Listener {
  onState(state: TextState): void
  onNotice(message: string): void
}

/** One open file, as its store talks of it. */
export interface OpenText {
  readonly state: TextState
  ask<N extends TextRequestName>(name: N, params: TextRequests[N]['params']): Promise<TextRequests[N]['answer']>
}

export class TextReader {
  private thread: ThreadLike | undefined
  private readonly pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  private readonly listeners = new Map<number, Listener>()
  private nextId = 1
  private isDisposed = false

  /** @param start makes the thread when the first file wants it */
  constructor(private readonly start: () => ThreadLike) {}

  /** @throws UserError for what can't be followed */
  async open(path: string, options: TextFileOptions, listener: Listener): Promise<OpenText> {
    const file = this.nextId++
    this.listeners.set(file, listener)
    try {
      const state = await this.ask(file, 'open', { path, options })
      return { state, ask: (name, params) => this.ask(file, name, params) }
    } catch (error) {
      this.listeners.delete(file)
      throw error
    }
  }

  dispose(): void {
    this.isDisposed = true
    const { thread } = this
    this.thread = undefined
    this.fail('The reader of text files was ended.')
    void thread?.terminate()
  }

  private ask<N extends TextRequestName>(
    file: number,
    name: N,
    params: TextRequests[N]['params'],
  ): Promise<TextRequests[N]['answer']> {
    if (this.isDisposed)
      return Promise.reject(new UserError('The reader of text files was ended.', 'text_reader_ended'))
    const id = this.nextId++
    if (name === 'close') this.listeners.delete(file)
    return new Promise<unknown>((resolve, reject) => {
      this.pending.set(id, { resolve, reject })
      this.running().postMessage({ file, id, name, params })
    }) as Promise<TextRequests[N]['answer']>
  }

  private running(): ThreadLike {
    if (this.thread !== undefined) return this.thread
    const thread = this.start()
    this.thread = thread
    thread.onMessage((message: FromTextThread) => {
      this.take(message)
    })
    thread.onError((error: Error) => {
      if (this.thread !== thread) return
      this.thread = undefined
      this.fail(`The reader of text files broke down: ${error.message}`)
    })
    return thread
  }

  private take(message: FromTextThread): void {
    if (message.type === 'state') this.listeners.get(message.file)?.onState(message.state)
    else if (message.type === 'notice') this.listeners.get(message.file)?.onNotice(message.message)
    else {
      const waiting = this.pending.get(message.id)
      this.pending.delete(message.id)
      if (message.type === 'answer') waiting?.resolve(message.value)
      else waiting?.reject(errorOf(message))
    }
  }

  private fail(reason: string): void {
    for (const waiting of this.pending.values()) waiting.reject(new UserError(reason, 'text_reader_ended'))
    this.pending.clear()
    for (const listener of this.listeners.values()) listener.onNotice(reason)
    this.listeners.clear()
  }
}

function errorOf({ message, code }: { message: string; code?: string }): Error {
  if (code !== undefined) return new UserError(message, code, 'bad_input')
  return message.startsWith('There is no line at') ? new RangeError(message) : new Error(message)
}
