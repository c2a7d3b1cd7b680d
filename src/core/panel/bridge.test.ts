import assert from 'node:assert/strict'
import type { EventStore, Growth, View } from '../store/eventStore'
import type { RequestName, RunInfo, ToWebview } from '../../shared/protocol/contract'
import { PROTOCOL_VERSION } from '../../shared/protocol/version'
import { validateRequest } from '../../shared/protocol/validate'
import { Emitter } from '../../shared/lib/emitter'
import { UserError } from '../../shared/userError'
import { PanelBridge, type BridgeActions, type BridgeRun } from './bridge'

const fail = (message: string): void => {
  throw new Error(message)
}
const settled = (): Promise<void> => new Promise(setImmediate)

/** A run of so many events whose store counts what is asked of it. */
function start(size = 10) {
  const grew = new Emitter<Growth>()
  const changed = new Emitter<RunInfo>()
  const posted: ToWebview[] = []
  let problem: UserError | undefined
  let changedView: () => void = () => undefined
  const views = {
    open: 0,
    rows: 0,
    listeners: 0,
    hold: Promise.resolve(),
    find: (): void => {
      size++
      changedView()
    },
    fail: (message: string): void => {
      problem = new UserError(message, 'search_failed')
      changedView()
    },
  }
  let summaries = 0
  let failSummary: (error: Error) => void = () => undefined
  const growth = (): Growth => ({ size, bytes: size, phaseCounts: {}, levelCounts: {} })
  const view = (): View => ({
    get count() {
      return size
    },
    complete: true,
    get problem() {
      return problem
    },
    onDidChange: (listener) => {
      changedView = () => {
        listener(undefined)
      }
      views.listeners++
      return () => views.listeners--
    },
    rows: () => {
      views.rows++
      return Promise.resolve([])
    },
    positionOf: () => Promise.resolve(0),
    dispose: () => views.open--,
  })
  const store: EventStore = {
    get growth() {
      return growth()
    },
    onDidGrow: grew.event,
    onDidReset: () => () => undefined,
    view: async () => {
      views.open++
      await views.hold
      return view()
    },
    detail: () => Promise.reject(new RangeError('none')),
    dispose: () => undefined,
  }
  const run = {
    info: { title: 'x' } as RunInfo,
    store,
    onDidChange: changed.event,
    summarize: (_listener: unknown, onFailure: (error: Error) => void) => {
      summaries++
      failSummary = onFailure
      return () => summaries--
    },
  } as unknown as BridgeRun
  let receive: (message: unknown) => void = () => undefined
  const actions = { habits: () => ({}), bookmarks: () => Promise.resolve([]), log: fail } as unknown as BridgeActions
  const transport = {
    post: (message: ToWebview) => posted.push(message),
    onMessage: (listener: (message: unknown) => void) => {
      receive = listener
      return () => undefined
    },
  }
  const bridge = new PanelBridge(run, actions, transport, { restored: false, validate: validateRequest })
  let id = 0
  const ask = async (name: RequestName, params: unknown): Promise<Record<string, unknown>> => {
    const own = ++id
    receive({ type: 'request', id: own, name, params })
    await settled()
    const answer = posted.find((message) => message.type === 'result' && message.id === own)
    return (answer as { value: Record<string, unknown> } | undefined)?.value ?? {}
  }
  /** As a page does when it is loaded: it counts its requests from 1. */
  const load = async (): Promise<void> => {
    id = 0
    posted.length = 0
    await ask('hello', { protocol: PROTOCOL_VERSION })
    const { view: opened } = await ask('view/open', { query: {} })
    await ask('tail/set', { view: opened, rows: 10 })
  }
  const grow = async (): Promise<void> => {
    size++
    grew.fire(growth())
    changed.fire(run.info)
    await settled()
  }
  return {
    bridge,
    actions,
    posted,
    views,
    ask,
    load,
    grow,
    summaries: () => summaries,
    failSummary: (error: Error) => {
      failSummary(error)
    },
  }
}

const tails = (posted: readonly ToWebview[]): number =>
  posted.filter((message) => message.type === 'notification' && message.name === 'tail').length

describe('the host’s end of a panel', () => {
  let panel: ReturnType<typeof start>

  beforeEach(() => {
    panel = start()
  })
  afterEach(() => {
    panel.bridge.dispose()
  })

  it('brings an event into view in the page there is, else in the one that comes, once', async () => {
    const { bridge, posted, load } = panel
    const told = (): unknown[] =>
      posted.flatMap((message) => (message.type === 'notification' && message.name === 'goTo' ? [message.value] : []))
    bridge.goTo(3)
    bridge.goTo(5)
    assert.deepEqual(told(), [])
    await load()
    assert.deepEqual(told(), [{ seq: 5 }])
    bridge.goTo(7)
    assert.deepEqual(told(), [{ seq: 5 }, { seq: 7 }])
    await load()
    assert.deepEqual(told(), [])
    bridge.setVisible(false)
    bridge.goTo(9)
    bridge.setVisible(true)
    await load()
    assert.deepEqual(told(), [{ seq: 9 }])
  })

  it('makes nothing for a hidden page, and all again for the one that greets when it is shown', async () => {
    const { bridge, posted, views, load, grow, summaries } = panel
    await load()
    await grow()
    assert.equal(tails(posted), 2)
    bridge.setVisible(false)
    assert.deepEqual([views.open, views.listeners, summaries()], [0, 0, 0])
    const [before, asked] = [posted.length, views.rows]
    for (let i = 0; i < 20; i++) await grow()
    assert.deepEqual([posted.length, views.rows], [before, asked])
    bridge.setVisible(true)
    await load()
    assert.deepEqual([views.open, views.listeners, summaries()], [1, 1, 1])
    const tail = posted.find((message) => message.type === 'notification' && message.name === 'tail')
    assert.equal((tail as { value: { count: number } }).value.count, 31)
    await grow()
    assert.equal(tails(posted), 2)
  })

  it('keeps no view that was still being opened, and answers nothing to the page that is gone', async () => {
    const { bridge, posted, views, ask, load } = panel
    await load()
    let goOn: () => void = () => undefined
    views.hold = new Promise((resolve) => (goOn = resolve))
    await ask('view/open', { query: {} })
    bridge.setVisible(false)
    const before = posted.length
    goOn()
    await settled()
    assert.deepEqual([views.open, posted.length], [0, before])
    bridge.setVisible(true)
    // Its numbers are those of requests that the old page made.
    await load()
    assert.equal(tails(posted), 1)
  })

  it('has the page replay the run, also when it was asked before the page was there', async () => {
    const { bridge, posted, load } = panel
    const replays = (): number =>
      posted.filter((message) => message.type === 'notification' && message.name === 'replay').length
    bridge.startReplay()
    assert.equal(replays(), 0)
    await load()
    assert.equal(replays(), 1)
    bridge.startReplay()
    assert.equal(replays(), 2)
    await load()
    assert.equal(replays(), 0)
  })

  it('makes nothing for a page that ended while its bookmarks were read', async () => {
    const { bridge, actions, ask, summaries } = panel
    let goOn: () => void = () => undefined
    actions.bookmarks = () =>
      new Promise(
        (resolve) =>
          (goOn = () => {
            resolve([])
          }),
      )
    await ask('hello', { protocol: PROTOCOL_VERSION })
    bridge.setVisible(false)
    goOn()
    await settled()
    assert.equal(summaries(), 0)
  })

  it('shows a run whose notes can’t be read, and says so', async () => {
    const { actions, posted, ask } = panel
    actions.bookmarks = () => Promise.reject(new Error('The notes x.notes.json can’t be used.'))
    const { bookmarks } = await ask('hello', { protocol: PROTOCOL_VERSION })
    assert.deepEqual(bookmarks, [])
    const notice = posted.find((message) => message.type === 'notification' && message.name === 'notice')
    assert.deepEqual((notice as { value: unknown }).value, {
      level: 'warning',
      text: 'The notes x.notes.json can’t be used.',
    })
  })

  it('tells at once what a search finds first, and the rest in batches', async () => {
    panel.bridge.dispose()
    panel = start(0)
    const { posted, views, load } = panel
    await load()
    const told = (): unknown[] =>
      posted.flatMap((message) =>
        message.type === 'notification' && message.name === 'view/changed' ? [message.value] : [],
      )
    assert.deepEqual([told(), tails(posted)], [[], 1])
    views.find()
    await settled()
    assert.deepEqual([told(), tails(posted)], [[{ view: 1, count: 1, complete: true }], 2])
    views.find()
    await settled()
    assert.deepEqual([told().length, tails(posted)], [1, 2])
    while (told().length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
  })

  it('reads the run for its summary when the first rows were told, or when nobody asks for rows', async () => {
    const { ask, summaries } = panel
    await ask('hello', { protocol: PROTOCOL_VERSION })
    const { view } = await ask('view/open', { query: {} })
    assert.equal(summaries(), 0)
    await ask('rows/get', { view, from: 0, to: 10 })
    assert.equal(summaries(), 1)
    await ask('hello', { protocol: PROTOCOL_VERSION })
    assert.equal(summaries(), 0)
    while (summaries() === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await ask('rows/get', { view: (await ask('view/open', { query: {} }))['view'], from: 0, to: 10 })
    assert.equal(summaries(), 1)
  })

  it('tells why a search could not go on, and that a summary can’t be made', async () => {
    const { posted, views, load, failSummary } = panel
    await load()
    views.fail('EIO')
    const told = (name: string): unknown =>
      posted.find((message) => message.type === 'notification' && message.name === name)
    while (told('view/changed') === undefined) await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal((told('view/changed') as { value: { problem?: string } }).value.problem, 'EIO')
    failSummary(new Error('no summary'))
    assert.deepEqual((told('notice') as { value: unknown }).value, { level: 'warning', text: 'no summary' })
  })

  it('asks a page to greet that was shown again and is alive', async () => {
    const { bridge, posted, load } = panel
    await load()
    bridge.setVisible(false)
    bridge.setVisible(true)
    const asked = (): boolean => posted.some((message) => message.type === 'notification' && message.name === 'reset')
    while (!asked()) await new Promise((resolve) => setTimeout(resolve, 20))
  })
})
