import assert from 'node:assert/strict'
import { Emitter } from '../../shared/lib/emitter'
import type { Row } from '../../shared/protocol/rows'
import { OutputMirror } from './outputMirror'

const row = (position: number): Row => ({ position, seq: position, time: 0, phase: 'log_line', text: String(position) })

/** A run whose store says what the test wants. */
class Session {
  readonly grew = new Emitter<undefined>()
  size = 0
  open = 0
  asked = 0
  failure: Error | undefined
  readonly store = {
    onDidGrow: this.grew.event,
    view: (query: unknown) => {
      assert.deepEqual(query, { phases: ['log_line'] })
      this.open++
      return Promise.resolve({
        count: this.size,
        rows: (from: number, to: number) => this.rows(from, to),
        dispose: () => this.open--,
      })
    },
  }

  grow(by: number): void {
    this.size += by
    this.grew.fire(undefined)
  }

  private rows(from: number, to: number): Promise<Row[]> {
    this.asked = Math.max(this.asked, to - from)
    if (this.failure !== undefined) return Promise.reject(this.failure)
    return Promise.resolve(Array.from({ length: to - from }, (_, i) => row(from + i)))
  }
}

describe('the output of a run, mirrored', () => {
  let session: Session
  let shown: string[]
  let errors: unknown[]
  const start = (): OutputMirror =>
    new OutputMirror(
      session as unknown as ConstructorParameters<typeof OutputMirror>[0],
      {
        lines: (rows) => {
          shown.push(...rows.map(({ text }) => text))
        },
        skipped: (count) => {
          shown.push(`skipped ${String(count)}`)
        },
      },
      (error) => {
        errors.push(error)
      },
    )

  beforeEach(() => {
    session = new Session()
    shown = []
    errors = []
  })

  it('is each line once and in order, what was there and what comes while it is read', async () => {
    session.size = 3
    const mirror = start()
    session.grow(2000)
    session.grow(1)
    await mirror.read()
    session.grow(5)
    await mirror.read()
    assert.deepEqual(
      shown,
      Array.from({ length: 2009 }, (_, i) => String(i)),
    )
    assert.ok(session.asked <= 1000)
    assert.equal(session.open, 0)
    mirror.dispose()
    session.grow(5)
    await new Promise(setImmediate)
    assert.equal(shown.length, 2009)
  })

  it('leaves out what is far behind, and says how much', async () => {
    session.size = 100_000
    await start().read()
    assert.equal(shown[0], 'skipped 99500')
    assert.equal(shown[1], '99500')
    assert.equal(shown.length, 501)
    assert.equal(shown.at(-1), '99999')
  })

  it('tells of an error, and goes on with the next growth', async () => {
    session.size = 2
    session.failure = new Error('gone')
    const mirror = start()
    await mirror.read()
    assert.deepEqual(errors, [session.failure])
    assert.equal(session.open, 0)
    session.failure = undefined
    session.grow(1)
    await mirror.read()
    assert.deepEqual(shown, ['0', '1', '2'])
  })
})
