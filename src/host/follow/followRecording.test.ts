import assert from 'node:assert/strict'
import { FollowRecording, type RecordFrom, type RecordingEnd } from './followRecording'

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

function start() {
  const log: string[] = []
  const started = deferred<string>()
  const ended = deferred<RecordingEnd>()
  const signals: AbortSignal[] = []
  let offset = 100
  const recording = new FollowRecording({
    positions: () => {
      const position = { offset, dev: '1', inode: '2', before: { bytes: 0, sha256: '' } }
      return Promise.resolve<readonly RecordFrom[]>([{ path: '/a.log', position }])
    },
    remember: (from) => log.push(`remember ${String(from[0]?.position?.offset)}`),
    start: (from) => {
      log.push(`start ${String(from[0]?.position?.offset)}`)
      return started.promise
    },
    stop: (id) => {
      log.push(`stop ${id}`)
      return Promise.resolve()
    },
    ended: (_id, signal) => {
      signals.push(signal)
      return ended.promise
    },
    report: (error) => log.push(`report ${String(error)}`),
  })
  return { recording, log, started, ended, signals, setOffset: (to: number) => (offset = to) }
}

const settled = () => new Promise(setImmediate)

describe('the recording of followed files', () => {
  it('begins with the first bytes, at the place where the files were opened', async () => {
    const { recording, log, started, setOffset } = start()
    recording.wait()
    assert.equal(recording.state, 'waiting')
    setOffset(500)
    recording.grew()
    recording.grew()
    await settled()
    assert.deepEqual(log, ['remember 100', 'start 100'])
    started.resolve('id')
    await settled()
    assert.deepEqual([recording.state, recording.captureId], ['on', 'id'])
  })

  it('does nothing while it is off, and begins anew where the files stand when it is switched on', async () => {
    const { recording, log, setOffset } = start()
    recording.grew()
    assert.equal(recording.state, 'off')
    setOffset(700)
    await recording.set(true)
    recording.grew()
    await settled()
    assert.deepEqual(log, ['remember 700', 'start 700'])
  })

  it('goes on where a window before this one waited', async () => {
    const { recording, log } = start()
    recording.wait([{ path: '/a.log' }])
    recording.grew()
    await settled()
    assert.deepEqual(log, ['remember undefined', 'start undefined'])
  })

  it('stops the run when it is switched off, or the panel closes, also while the runner starts', async () => {
    for (const how of ['switch', 'close'] as const) {
      const { recording, log, started } = start()
      recording.wait()
      recording.grew()
      await settled()
      if (how === 'switch') await recording.set(false)
      else recording.dispose()
      started.resolve('id')
      await settled()
      assert.deepEqual(log.slice(2), ['remember undefined', 'stop id'], how)
    }
    const { recording, log, started } = start()
    recording.wait()
    recording.grew()
    started.resolve('id')
    await settled()
    recording.dispose()
    recording.dispose()
    assert.deepEqual(
      log.filter((entry) => entry.startsWith('stop')),
      ['stop id'],
    )
  })

  it('keeps one runner when it is switched off and on again while the first one starts', async () => {
    const starts = [deferred<string>(), deferred<string>(), deferred<string>()]
    const stopped: string[] = []
    let next = 0
    const recording = new FollowRecording({
      positions: () => Promise.resolve([{ path: '/a.log' }]),
      remember: () => undefined,
      start: () => starts[next++]?.promise ?? Promise.reject(new Error('one too many')),
      stop: (id) => {
        stopped.push(id)
        return Promise.resolve()
      },
      ended: () => new Promise(() => undefined),
      report: () => undefined,
    })
    recording.wait()
    recording.grew()
    await settled()
    for (let i = 0; i < 2; i++) {
      await recording.set(false)
      await recording.set(true)
      recording.grew()
      await settled()
    }
    starts[2]?.resolve('third')
    await settled()
    starts[0]?.resolve('first')
    starts[1]?.reject(new Error('no room'))
    await settled()
    assert.deepEqual([recording.state, recording.captureId, stopped], ['on', 'third', ['first']])
  })

  it('is not remembered once its panel is closed before anything came', async () => {
    const { recording, log } = start()
    recording.wait()
    await settled()
    recording.dispose()
    assert.deepEqual(log, ['remember 100', 'remember undefined'])
  })

  it('forgets where it waited when it is switched off', async () => {
    const { recording, log } = start()
    recording.wait()
    await settled()
    await recording.set(false)
    assert.deepEqual(log, ['remember 100', 'remember undefined'])
  })

  it('says how it ended', async () => {
    const cases = [
      [{ isFull: true }, 'full'],
      [{ isFull: false, error: 'The disk is full.' }, 'failed'],
      [{ isFull: false }, 'off'],
    ] as const
    for (const [end, state] of cases) {
      const { recording, ended } = start()
      recording.adopt('id')
      assert.deepEqual([recording.state, recording.captureId], ['on', 'id'])
      ended.resolve(end)
      await settled()
      assert.deepEqual([recording.state, recording.captureId], [state, undefined])
    }
  })

  it('says why a recorder was lost, once, and begins another when it is switched on again', async () => {
    const { recording, log, ended } = start()
    recording.adopt('id')
    ended.resolve({ isFull: false, error: 'The recorder (process 7) ended without a word.' })
    await settled()
    assert.equal(recording.state, 'failed')
    assert.match(recording.problem ?? '', /process 7.* Switch it on/)
    assert.equal(log.filter((entry) => entry.startsWith('report')).length, 1)
    await recording.set(true)
    assert.deepEqual([recording.state, recording.problem], ['waiting', undefined])
    recording.grew()
    await settled()
    assert.deepEqual(log.slice(1), ['remember 100', 'start 100'])
  })

  it('is not left on when nothing can be said of its end', async () => {
    const { recording, log, ended } = start()
    recording.adopt('id')
    ended.reject(new Error('no such device'))
    await settled()
    assert.deepEqual([recording.state, log], ['failed', ['report Error: no such device']])
  })

  it('waits for no end any more once it is off, closed or over', async () => {
    for (const how of ['switch', 'close', 'end'] as const) {
      const { recording, signals, ended } = start()
      recording.adopt('id')
      assert.deepEqual(
        signals.map(({ aborted }) => aborted),
        [false],
      )
      if (how === 'switch') await recording.set(false)
      else if (how === 'close') recording.dispose()
      else ended.resolve({ isFull: false })
      await settled()
      assert.deepEqual(
        signals.map(({ aborted }) => aborted),
        [true],
        how,
      )
      if (how === 'switch') ended.resolve({ isFull: false, error: 'late' })
      await settled()
      assert.equal(recording.state, how === 'close' ? 'on' : 'off')
    }
  })

  it('tells why it could not begin', async () => {
    const { recording, log, started } = start()
    recording.wait()
    recording.grew()
    started.reject(new Error('no room'))
    await settled()
    assert.equal(recording.state, 'failed')
    assert.deepEqual(log.at(-1), 'report Error: no room')
  })
})
