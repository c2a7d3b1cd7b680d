import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { textThreads } from '../../../test/fakes/textThreads'
import type { Row } from '../../shared/protocol/rows'
import { TextFileStore, type TextThreads } from './textFileStore'

describe('the rows of a text file', () => {
  const folder = temporaryFolder()
  let threads: TextThreads
  let store: TextFileStore

  beforeEach(() => {
    threads = textThreads()
  })
  afterEach(async () => {
    await store.close()
    threads.reader.dispose()
  })

  async function rowsOf(text: string): Promise<readonly Row[]> {
    const file = path.join(folder.path, 'x.log')
    writeFileSync(file, text)
    store = await TextFileStore.open(file, {}, threads)
    return (await store.view({})).rows(0, 100_000)
  }

  it('tell message and logger apart where a line is understood', async () => {
    const spring = (level: string, message: string) =>
      `2026-11-21T12:01:02.123Z ${level.padStart(5)} 4711 --- [nio-8080-exec-1] c.e.shop.PaymentClient                   : ${message}\n`
    const rows = await rowsOf(
      `${spring('INFO', 'Order\t7 placed')}${spring('ERROR', '\u001b[31mPayment failed\u001b[0m')}java.lang.IllegalStateException: declined\n\tat a.B.c(B.java:1)\n`,
    )
    assert.deepEqual(
      rows.map(({ level, logger, message, continued }) => [level, logger, message, continued]),
      [
        ['info', 'c.e.shop.PaymentClient', 'Order  7 placed', undefined],
        ['error', 'c.e.shop.PaymentClient', 'Payment failed', undefined],
        ['error', undefined, undefined, true],
        ['error', undefined, undefined, true],
      ],
    )
    assert.ok(rows[0]?.text.startsWith('2026-11-21T12:01:02.123Z  INFO 4711'))
  })

  it('hide nothing in a message, and have no more of it than of a line', async () => {
    const json = (msg: string) =>
      `${JSON.stringify({ time: '2026-11-21T12:01:02Z', level: 'warn', logger: 'api', msg })}\n`
    const rows = await rowsOf(
      json('a\nb\u202ec') + json('x'.repeat(9000)) + json('') + '{"level":"info","at":1}\nplain words\n',
    )
    assert.deepEqual(
      rows.slice(0, 1).map(({ logger, message }) => [logger, message]),
      [['api', 'a⏎b\\u202ec']],
    )
    assert.equal(rows[1]?.message, `${'x'.repeat(4000)}…`)
    assert.deepEqual(
      rows.slice(2).map(({ message }) => message),
      ['', undefined, undefined],
    )
  })

  it('have with a line the entry that it belongs to, as it is in the file', async () => {
    const trace = [
      'java.lang.IllegalStateException: declined',
      '\tat a.B.c(B.java:1)',
      'Caused by: x.Y: Read timed out',
      '\t... 12 more',
    ]
    const entry = (second: number) => `2026-11-21T12:01:0${String(second)}.123Z ERROR 4711 --- [main] c.e.Shop : failed`
    const lines = [entry(1), ...trace, entry(2), ...trace, entry(3)]
    await rowsOf(`${lines.join('\r\n')}\r\n`)
    for (const [position, from, to] of [
      [0, 0, 5],
      [3, 0, 5],
      [5, 5, 10],
      [9, 5, 10],
    ] as const)
      assert.deepEqual((await store.detail(position)).entry, { lines: lines.slice(from, to), at: position - from })
    assert.equal((await store.detail(10)).entry, undefined)
  })
})
