import assert from 'node:assert/strict'
import process from 'node:process'
import { LinePrinter, write } from './lineText'

/** What is written to our output while it takes nothing more. */
async function withSlowOutput(run: (written: () => string) => Promise<void>): Promise<void> {
  const { stdout } = process
  const original = stdout.write.bind(stdout)
  const { isTTY } = stdout
  // What is no terminal is written to without the stream.
  stdout.isTTY = true
  let text = ''
  stdout.write = (chunk: Uint8Array | string) => {
    text += String(chunk)
    return false
  }
  try {
    await run(() => text)
  } finally {
    stdout.write = original
    stdout.isTTY = isTTY
  }
}

describe('the lines of followed files on the terminal', () => {
  it('have all who wait for a slow reader wait together', () =>
    withSlowOutput(async () => {
      const before = process.stdout.listenerCount('drain')
      const waits = Array.from({ length: 100 }, () => write('x'))
      assert.equal(process.stdout.listenerCount('drain'), before + 1)
      assert.equal(new Set(waits).size, 1)
      process.stdout.emit('drain')
      await waits[0]
      assert.equal(process.stdout.listenerCount('drain'), before)
    }))

  it('stand under names that say nothing to the terminal', () =>
    withSlowOutput(async (written) => {
      const data = { text: 'line', stream: 'file', source: '/a\x1b]0;fake\x07\n==> b\x1b[2J.log' } as const
      const wait = new LinePrinter(true).take({ phase: 'log_line', data })
      process.stdout.emit('drain')
      await wait
      assert.equal(written(), '==> /a==> b.log <==\nline\n')
    }))
})
