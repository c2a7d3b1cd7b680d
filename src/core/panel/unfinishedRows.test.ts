import assert from 'node:assert/strict'
import type { EventStore, Growth, View } from '../store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { Notifications, RunInfo, ToWebview } from '../../shared/protocol/contract'
import { PROTOCOL_VERSION } from '../../shared/protocol/version'
import { validateRequest } from '../../shared/protocol/validate'
import { createClient } from '../../shared/protocol/peer'
import type { Row } from '../../shared/protocol/rows'
import { PanelBridge, type BridgeActions, type BridgeFollow, type BridgeRun } from './bridge'

/** A text of which the test says how its lines are, and when it has grown. */
class FakeText implements EventStore {
  private readonly grown = new Emitter<Growth>()
  readonly onDidGrow = this.grown.event
  readonly onDidReset = new Emitter<undefined>().event
  /** Awaited before rows are answered. */
  gate: Promise<unknown> = Promise.resolve()

  constructor(public lines: readonly string[]) {}

  get growth(): Growth {
    return { size: this.lines.length, bytes: this.lines.join('').length, phaseCounts: {}, levelCounts: {} }
  }

  grow(lines: readonly string[]): void {
    this.lines = lines
    this.grown.fire(this.growth)
  }

  view(): Promise<View> {
    const lines = (): readonly string[] => this.lines
    return Promise.resolve({
      get count() {
        return lines().length
      },
      complete: true,
      onDidChange: () => () => undefined,
      rows: async (from: number, to: number) => {
        const rows = lines()
          .slice(from, to)
          .map((text, i) => rowOf(text, from + i))
        await this.gate
        return rows
      },
      positionOf: () => Promise.resolve(0),
      dispose: () => undefined,
    })
  }

  detail(): never {
    throw new Error('not asked for')
  }

  dispose(): void {
    // Nothing is held.
  }
}

function rowOf(text: string, position: number): Row {
  const isWhole = text.endsWith('\n')
  return {
    position,
    seq: position,
    time: 0,
    phase: 'log_line',
    text: text.trimEnd(),
    ...(isWhole ? {} : { unterminated: true as const }),
  }
}

describe('PanelBridge, of rows that have no end', () => {
  let bridge: PanelBridge | undefined
  afterEach(() => bridge?.dispose())

  async function connect(store: FakeText, isFollowed = true) {
    const listeners: ((message: never) => void)[] = []
    const port = {
      post: (message: unknown) => {
        queueMicrotask(() => listeners[1]?.(message as never))
      },
      onMessage: (listener: (message: never) => void) => {
        listeners[0] = listener
        return () => undefined
      },
    }
    const run = {
      info: {} as RunInfo,
      store,
      onDidChange: () => () => undefined,
      summarize: () => () => undefined,
      ...(isFollowed ? { follow: {} as BridgeFollow } : {}),
    } as unknown as BridgeRun
    const log = (message: string): void => assert.fail(message)
    const actions = { habits: () => ({}), bookmarks: () => Promise.resolve([]), log } as unknown as BridgeActions
    bridge = new PanelBridge(run, actions, port, { restored: false, validate: validateRequest })
    const client = createClient({
      post: (message) => {
        queueMicrotask(() => listeners[0]?.(message as never))
      },
      onMessage: (listener: (message: ToWebview) => void) => {
        listeners[1] = listener
        return () => undefined
      },
    })
    await client.call('hello', { protocol: PROTOCOL_VERSION })
    const { view } = await client.call('view/open', { query: {} })
    const changed = (): Promise<Notifications['view/changed']> =>
      new Promise((resolve) => {
        const stop = client.on('view/changed', (value) => {
          stop()
          resolve(value)
        })
      })
    return { view, changed, rows: (from: number, to: number) => client.call('rows/get', { view, from, to }) }
  }

  it('says from where on rows are void when a line that had no end has grown, once', async () => {
    const store = new FakeText(['one\n', 'two\n', 'thr'])
    const { changed, rows } = await connect(store)
    await rows(0, 2)
    store.grow(['one\n', 'two\n', 'three'])
    assert.equal((await changed()).voidFrom, undefined, 'the line was never shown')
    await rows(1, 3)
    store.grow(['one\n', 'two\n', 'three\n', 'four\n'])
    assert.equal((await changed()).voidFrom, 2)
    await rows(1, 4)
    store.grow(['one\n', 'two\n', 'three\n', 'four\n', 'five\n'])
    assert.equal((await changed()).voidFrom, undefined)
  })

  it('says so too when the line grew while it was read', async () => {
    const store = new FakeText(['on'])
    const { changed, rows } = await connect(store)
    let open = (): void => undefined
    store.gate = new Promise<void>((resolve) => (open = resolve))
    const asked = rows(0, 1)
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
    store.grow(['one\n'])
    assert.equal((await changed()).voidFrom, undefined)
    open()
    assert.equal((await asked).rows[0]?.text, 'on')
    assert.equal((await changed()).voidFrom, 0)
  })

  it('takes the rows of a run log for what they are', async () => {
    const store = new FakeText(['on'])
    const { changed, rows } = await connect(store, false)
    await rows(0, 1)
    store.grow(['on', 'two\n'])
    assert.equal((await changed()).voidFrom, undefined)
  })
})
