import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { BOUND_BYTES, BoundedOutput, eventsTo, linesTo } from './boundedOutput'

/** Takes nothing until it is let. */
class SlowReader extends Writable {
  text = ''
  private waiting: (() => void) | undefined
  private isOpen = false

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    if (this.isOpen) done()
    else this.waiting = done
  }

  letGo(): void {
    this.isOpen = true
    this.waiting?.()
  }
}

const line = (text: string, phase = 'log_line'): string =>
  JSON.stringify({ seq: 0, phase, data: { text, stream: 'file', source: '/a.log' } })

describe('the output of a recording', () => {
  let reader: SlowReader
  let said: string[]
  let output: BoundedOutput

  beforeEach(() => {
    reader = new SlowReader()
    said = []
    output = new BoundedOutput(reader, 'lines', (message) => said.push(message))
  })

  it('keeps a bounded part for a slow reader, says what it left out and goes on', async () => {
    const take = linesTo(output, false)
    const text = 'x'.repeat(1023)
    const total = 20_000
    let most = 0
    for (let i = 0; i < total; i += 100) {
      take(Array.from({ length: 100 }, () => line(text)))
      most = Math.max(most, reader.writableLength)
    }
    assert.ok(most > BOUND_BYTES / 2 && most <= BOUND_BYTES + 100 * 1024, `${String(most)} bytes waited`)
    assert.deepEqual(said, [])
    const drained = once(reader, 'drain')
    reader.letGo()
    await drained
    const shown = reader.text.split('\n').length - 1
    assert.equal(shown, most / 1024)
    assert.match(said.join('|'), new RegExp(`^${String(total - shown)} lines \\(12.1 MB\\) are not shown, [^|]*$`))
    take([line('afterwards')])
    assert.ok(reader.text.endsWith(`${text}\nafterwards\n`))
    assert.equal(await output.close(), true)
    assert.equal(said.length, 1)
    assert.equal(reader.listenerCount('drain'), 0)
  })

  it('starts a new line after what it left out', async () => {
    const take = linesTo(output, false)
    take([line('y'.repeat(BOUND_BYTES)), line('half', 'line_update')])
    take([line('half of it and the rest')])
    take([line('half', 'line_update')])
    const drained = once(reader, 'drain')
    reader.letGo()
    await drained
    take([line('half a new one')])
    assert.ok(reader.text.endsWith('y\nhalf\nhalf a new one\n'))
  })

  it('gives whole events with --json and never one of its own', async () => {
    const take = eventsTo(output)
    const events = Array.from({ length: 300 }, (_, i) => line(`${String(i)} ${'z'.repeat(100_000)}`))
    for (const event of events) take([event])
    const drained = once(reader, 'drain')
    reader.letGo()
    await drained
    const shown = reader.text.trimEnd().split('\n')
    assert.deepEqual(shown, events.slice(0, shown.length))
    assert.ok(shown.length < 100)
    assert.match(said.join('|'), new RegExp(`^${String(300 - shown.length)} lines`))
  })

  it('says once that nobody reads any more, and takes nothing more', async () => {
    const take = linesTo(output, false)
    const closed = new Promise((resolve) => reader.once('close', resolve))
    reader.destroy(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }))
    await closed
    take([line('one'), line('two')])
    assert.equal(reader.text, '')
    assert.match(said.join('|'), /^nobody reads the output any more[^|]*$/)
    assert.equal(await output.close(), true)
  })

  it('does not wait for ever at its end', async () => {
    output.write('some')
    assert.equal(await output.close(1), false)
    const ending = output.close(60_000)
    reader.letGo()
    assert.equal(await ending, true)
  })
})
