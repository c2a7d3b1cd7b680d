import assert from 'node:assert/strict'
import { UserError } from '../userError'
import { requestSchemas, type ToHost, type ToWebview } from './contract'
import { createClient, createServer, RequestError, type Handlers, type Server, type Transport } from './peer'

/** Two ports in memory: what one posts, the other hears, each message in a turn of its own and as JSON, like a webview's. */
function pairOfPorts() {
  const listeners = { host: new Set<(message: never) => void>(), webview: new Set<(message: never) => void>() }
  const log: unknown[] = []
  const port = <Out, In>(mine: 'host' | 'webview', other: 'host' | 'webview'): Transport<Out, In> => ({
    post(message) {
      log.push(message)
      const text = JSON.stringify(message)
      queueMicrotask(() => {
        for (const listener of listeners[other]) (listener as (message: unknown) => void)(JSON.parse(text))
      })
    },
    onMessage(listener) {
      listeners[mine].add(listener)
      return () => listeners[mine].delete(listener)
    },
  })
  return {
    log,
    webview: port<ToHost, ToWebview>('webview', 'host'),
    host: port<ToWebview, unknown>('host', 'webview'),
    /** What a page that doesn't keep to the contract sends. */
    rogue: port<unknown, ToWebview>('webview', 'host'),
    listening: () => listeners.host.size + listeners.webview.size,
  }
}

function start(handlers: Partial<Handlers>, client: { timeoutMs?: number } = {}) {
  const ports = pairOfPorts()
  const defects: string[] = []
  const server: Server = createServer(ports.host, {
    handlers,
    validate: (name, params) => requestSchemas[name].safeParse(params),
    onDefect: (error, request) => defects.push(`${request}: ${String(error)}`),
  })
  return { ...ports, defects, server, client: createClient(ports.webview, client) }
}

const failsWith = (code: string, message = /./) => {
  return (error: unknown) => {
    assert.ok(error instanceof RequestError)
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  }
}

describe('peer', () => {
  it('answers each request with its own answer, whatever the order', async () => {
    const gates = new Map<number, () => void>()
    const { client, server } = start({
      'position/find': ({ at }) =>
        new Promise((resolve) => {
          const seq = 'seq' in at ? at.seq : 0
          gates.set(seq, () => {
            resolve({ position: seq * 2 })
          })
          if (gates.size === 3) for (const one of [2, 3, 1]) gates.get(one)?.()
        }),
    })
    const answers = await Promise.all([1, 2, 3].map((seq) => client.call('position/find', { view: 0, at: { seq } })))
    assert.deepEqual(answers, [{ position: 2 }, { position: 4 }, { position: 6 }])
    client.dispose()
    server.dispose()
  })

  it('carries notifications to those who listen, until they stop', async () => {
    const { client, server } = start({ 'output/show': () => ({}) })
    const heard: string[] = []
    const stop = client.on('notice', ({ text }) => heard.push(text))
    server.notify('notice', { level: 'info', text: 'one' })
    await client.call('output/show', {})
    stop()
    server.notify('notice', { level: 'info', text: 'two' })
    await client.call('output/show', {})
    assert.deepEqual(heard, ['one'])
  })

  it('tells a person’s error with its code and a defect as a defect', async () => {
    const { client, defects } = start({
      'run/openLog': () => {
        throw new UserError('The log is gone.', 'log_gone')
      },
      'output/show': () => Promise.reject(new TypeError('undefined is not a channel')),
    })
    await assert.rejects(client.call('run/openLog', {}), failsWith('log_gone', /^The log is gone\.$/))
    assert.deepEqual(defects, [])
    await assert.rejects(client.call('output/show', {}), failsWith('defect', /not a channel/))
    assert.deepEqual(defects, ['output/show: TypeError: undefined is not a channel'])
  })

  it('cancels the handler when the caller gives up', async () => {
    const abort = new AbortController()
    let handlerAborted = false
    const { client, log } = start({
      'rows/get': (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            handlerAborted = true
            reject(new Error('stopped'))
          })
          abort.abort()
        }),
    })
    await assert.rejects(
      client.call('rows/get', { view: 0, from: 0, to: 9 }, { signal: abort.signal }),
      failsWith('cancelled'),
    )
    await assert.rejects(client.call('output/show', {}))
    assert.equal(handlerAborted, true)
    assert.ok(log.some((message) => (message as ToHost).type === 'cancel'))
    await assert.rejects(client.call('output/show', {}, { signal: AbortSignal.abort() }), failsWith('cancelled'))
  })

  it('ends a request that nobody answers after its time', async () => {
    const { client } = start({ 'output/show': () => new Promise(() => undefined) }, { timeoutMs: 5 })
    await assert.rejects(client.call('output/show', {}), failsWith('timed_out', /output\/show/))
  })

  it('rejects everything that waits when either side ends, and listens no more', async () => {
    const signals: AbortSignal[] = []
    const { client, server, listening } = start({
      'output/show': (_, signal) => {
        signals.push(signal)
        return new Promise(() => undefined)
      },
      'run/openLog': () => ({}),
    })
    const waiting = client.call('output/show', {})
    await client.call('run/openLog', {})
    server.dispose()
    assert.deepEqual(
      signals.map((signal) => signal.aborted),
      [true],
    )
    client.dispose()
    await assert.rejects(waiting, failsWith('disposed'))
    await assert.rejects(client.call('run/openLog', {}), failsWith('disposed'))
    assert.equal(listening(), 0)
  })

  it('refuses what is not in the contract and goes on', async () => {
    const { client, rogue, log, defects } = start({ 'run/openLog': () => ({}) })
    const junk: unknown[] = [
      null,
      'hello',
      { type: 'request', id: 1.5, name: 'hello', params: {} },
      { type: 'request', id: 900, name: 'constructor', params: {} },
      { type: 'request', id: 901, name: '__proto__', params: {} },
      { type: 'request', id: 902, name: 'rows/get', params: { view: 0, from: -1, to: 'x' } },
      { type: 'cancel', id: 12_345 },
    ]
    for (const message of junk) rogue.post(message)
    await client.call('run/openLog', {})
    const errors = (log as (ToWebview | null)[]).filter((message) => message !== null && message.type === 'error')
    assert.deepEqual(
      errors.map(({ id, code }) => [id, code]),
      [
        [900, 'bad_request'],
        [901, 'bad_request'],
        [902, 'bad_request'],
      ],
    )
    assert.equal(defects.length, 6)
  })

  it('bounds the requests that run at once', async () => {
    let running = 0
    const { rogue, client } = start({
      'output/show': () => {
        running++
        return new Promise(() => undefined)
      },
    })
    for (let id = 1000; id < 2000; id++) rogue.post({ type: 'request', id, name: 'output/show', params: {} })
    await assert.rejects(client.call('run/openLog', {}), failsWith('bad_request', /Too many/))
    assert.equal(running, 256)
  })
})
