import assert from 'node:assert/strict'
import { appendFileSync, renameSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { Random } from '../../../test/fakes/random'
import { textThreads } from '../../../test/fakes/textThreads'
import type { Row } from '../../shared/protocol/rows'
import { sizeNow } from './followedText'
import type { TextFileOptions } from './textProtocol'
import { TextFileStore, type TextThreads } from './textFileStore'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

describe('a text file store', () => {
  const folder = temporaryFolder()
  let file = ''
  let threads: TextThreads
  let store: TextFileStore

  beforeEach(() => {
    file = path.join(folder.path, 'x.log')
    threads = textThreads()
  })
  afterEach(async () => {
    await store.close()
    threads.reader.dispose()
  })

  async function open(options: TextFileOptions = {}): Promise<void> {
    store = await TextFileStore.open(file, options, threads)
  }

  async function rows(from = 0, to = Number.MAX_SAFE_INTEGER): Promise<readonly Row[]> {
    return (await store.view({})).rows(from, to)
  }

  async function texts(from?: number, to?: number): Promise<string[]> {
    return (await rows(from, to)).map(({ text, phase }) =>
      phase === 'file' ? `<${/ was (\w+)/.exec(text)?.[1] ?? text}>` : text,
    )
  }

  /** Waits until the file stands so. */
  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (;;) {
      // A change while it is looked at counts too.
      let stop: () => void = () => undefined
      const change = new Promise<void>((resolve) => {
        stop = store.onDidChangeState(() => resolve())
      })
      try {
        if (await isSo()) return
        await change
      } finally {
        stop()
      }
    }
  }

  const hostile = [
    'plain',
    '',
    'réponse 😀',
    'tab\tand \u001b[31mcolour\u001b[0m',
    'x'.repeat(10_000),
    'y'.repeat(70_000),
    ' at com.example.Main(Main.java:12)',
    '2026-11-20 03:30:05.231 ERROR it broke',
  ]
  /** What a row shows of a line. */
  function shown(line: string): string {
    const cut = line.length > 4000 ? `${line.slice(0, 4000)}…` : line
    return cut.replaceAll('\t', '  ')
  }

  for (const [name, encode] of [
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['UTF-16 LE', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 BE', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ] as const) {
    it(`gives any window as split gives it: ${name} (seed ${String(seed)})`, async () => {
      const random = new Random(seed)
      for (const end of ['\n', '\r\n']) {
        const lines = Array.from({ length: 4000 }, () => random.pick(hostile))
        let unfinished = random.below(2) === 0
        writeFileSync(file, encode(lines.join(end) + (unfinished ? '' : end)))
        if (unfinished && lines.at(-1) === '') {
          lines.pop()
          unfinished = false
        }
        await open()
        await until(() => store.state.isComplete)
        assert.equal(store.state.count, lines.length)
        for (let i = 0; i < 60; i++) {
          const from = random.below(lines.length)
          const to = from + random.below(i % 2 === 0 ? 20 : 300)
          const expected = lines.slice(from, to).map(shown)
          assert.deepEqual(await texts(from, to), expected)
        }
        const last = (await rows(lines.length - 1))[0]
        assert.equal(last?.unterminated, unfinished ? true : undefined)
        await store.close()
      }
    })
  }

  it('shows an empty file, a file of one byte, a byte order mark alone', async () => {
    for (const [content, count] of [
      ['', 0],
      ['\n', 1],
      ['a', 1],
      ['\ufeff', 0],
      ['\ufeffa\n', 1],
    ] as const) {
      writeFileSync(file, content)
      await open()
      assert.equal(store.state.count, count, JSON.stringify(content))
      assert.deepEqual(await texts(), count === 0 ? [] : [content.replace(/[\ufeff\n]/g, '')])
      await store.close()
    }
  })

  it('completes an unfinished line in place, and shows each appended line', async () => {
    writeFileSync(file, 'one\ntw')
    await open()
    assert.deepEqual(await texts(), ['one', 'tw'])
    const [, before] = await rows()
    appendFileSync(file, 'o\nthree\n')
    await until(() => store.state.count === 3)
    const all = await rows()
    const start = all[0]?.seq ?? 0
    assert.deepEqual(
      all.map(({ text, seq, unterminated }) => [text, seq - start, unterminated]),
      [
        ['one', 0, undefined],
        ['two', 4, undefined],
        ['three', 8, undefined],
      ],
    )
    assert.equal(before?.seq, start + 4)
    assert.equal(before.unterminated, true)
  })

  it('waits for a file that is not there yet', async () => {
    await open()
    assert.equal(store.state.follow, 'waiting')
    assert.equal(store.state.count, 0)
    writeFileSync(file, 'first\n')
    await until(() => store.state.count === 1)
    assert.deepEqual(await texts(), ['first'])
    assert.equal(store.state.follow, 'following')
  })

  it('says why a folder can’t be followed', async () => {
    file = folder.path
    await assert.rejects(
      open(),
      (error: Error & { code?: string }) => error.code !== undefined && /x|folder|file/.test(error.message),
    )
    file = path.join(folder.path, 'x.log')
    writeFileSync(file, '')
    await open()
  })

  it('keeps the lines of a rotated file, with a row between', async () => {
    writeFileSync(file, 'a\nb\n')
    await open()
    renameSync(file, `${file}.1`)
    appendFileSync(`${file}.1`, 'late\n')
    writeFileSync(file, 'c\n')
    await until(() => store.state.count === 5)
    assert.deepEqual(await texts(), ['a', 'b', 'late', '<rotated>', 'c'])
    unlinkSync(`${file}.1`)
    assert.deepEqual(await texts(0, 3), ['a', 'b', 'late'])
    const seqs = (await rows()).map(({ seq }) => seq)
    assert.deepEqual(
      seqs,
      [...seqs].sort((a, b) => a - b),
    )
    const view = await store.view({})
    for (const [position, seq] of seqs.entries()) assert.equal(await view.positionOf({ seq }), position)
  })

  it('has the size of the file that has the name now', async () => {
    await open()
    assert.equal(sizeNow(store.state), undefined)
    writeFileSync(file, 'one\ntwo\n')
    await until(() => store.state.count === 2)
    assert.equal(sizeNow(store.state), 8)
    renameSync(file, `${file}.1`)
    writeFileSync(file, 'c\n')
    await until(() => store.state.count === 4)
    assert.equal(sizeNow(store.state), 2)
    assert.equal(store.state.bytes, 10)
    writeFileSync(`${file}.2`, 'older\n')
    await store.prepend(`${file}.2`)
    assert.equal(sizeNow(store.state), 2)
    appendFileSync(file, 'half')
    await until(() => store.state.count === 7)
    assert.equal(sizeNow(store.state), 6)
    truncateSync(file)
    appendFileSync(file, 'd\n')
    await until(async () => (await texts()).at(-1) === 'd')
    assert.equal(sizeNow(store.state), 2)
  })

  it('drops what a truncation destroys, and says how many lines', async () => {
    writeFileSync(file, 'a\nb\nc\n')
    await open()
    let resets = 0
    store.onDidReset(() => resets++)
    truncateSync(file)
    await until(() => store.state.count === 1)
    appendFileSync(file, 'd\n')
    await until(() => store.state.count === 2)
    const [mark, line] = await rows()
    assert.equal(mark?.text, `${path.basename(file)} was truncated. 3 lines are gone.`)
    assert.equal(line?.text, 'd')
    assert.equal(resets, 1)
    assert.deepEqual(store.growth.phaseCounts, { log_line: 1, file: 1 })
  })

  it('keeps the lines that a truncation keeps', async () => {
    const lines = Array.from({ length: 100 }, (_, i) => `line ${String(i).padStart(6, '0')} of many`)
    writeFileSync(file, `${lines.join('\n')}\n`)
    await open()
    const size = Buffer.byteLength(`${lines.slice(0, 40).join('\n')}\n`)
    truncateSync(file, size)
    appendFileSync(file, 'new\n')
    await until(() => store.state.count === 42)
    assert.deepEqual(await texts(), [...lines.slice(0, 40), '<truncated>', 'new'])
  })

  it('holds a bounded number of contents and drops the oldest', async () => {
    writeFileSync(file, 'content 0\n')
    await open()
    for (let i = 1; i <= 8; i++) {
      renameSync(file, `${file}.${String(i)}`)
      writeFileSync(file, `content ${String(i)}\n`)
      await until(async () => (await texts()).at(-1) === `content ${String(i)}`)
    }
    const held = (await texts()).filter((text) => text.startsWith('content'))
    assert.deepEqual(held, ['content 4', 'content 5', 'content 6', 'content 7', 'content 8'])
  })

  it('counts what comes in while it is paused and shows it when it goes on', async () => {
    writeFileSync(file, 'a\n')
    await open()
    await store.pause()
    await until(() => store.state.follow === 'paused')
    appendFileSync(file, 'b\n'.repeat(1000))
    await store.resume()
    await until(() => store.state.count === 1001)
    assert.equal(store.state.follow, 'following')
  })

  it('gives the bytes of a line that are not valid in its detail', async () => {
    const bytes = Buffer.concat([Buffer.from('ok\nbad '), Buffer.from([0xff, 0xfe, 0x00]), Buffer.from('\nend\n')])
    writeFileSync(file, bytes)
    await open()
    const { event, bytes: length } = await store.detail(1)
    assert.equal(length, 7)
    assert.equal(event?.data['text'], 'bad \ufffd\ufffd\u0000')
    assert.deepEqual(event.data['raw'], {
      line: 2,
      offset: 3,
      bytes: 7,
      base64: bytes.subarray(3, 10).toString('base64'),
    })
    assert.equal((await store.detail(0)).event?.data['text'], 'ok')
    await assert.rejects(store.detail(3), RangeError)
  })

  it('reads of a line of 50 MB only what a row shows', async () => {
    writeFileSync(file, Buffer.concat([Buffer.from('a\n'), Buffer.alloc(50 * 1024 * 1024, 'x'), Buffer.from('\nb\n')]))
    await open()
    await until(() => store.state.isComplete)
    assert.deepEqual(await texts(), ['a', `${'x'.repeat(4000)}…`, 'b'])
    const { bytes, event } = await store.detail(1)
    assert.equal(bytes, 50 * 1024 * 1024)
    assert.equal(event?.data['cut_bytes'], 46 * 1024 * 1024)
  })

  it(`follows random appends, truncations and rotations as a list would (seed ${String(seed)})`, async () => {
    const random = new Random(seed + 1)
    let content = ''
    writeFileSync(file, content)
    await open()
    const model: string[] = []
    let serial = 0
    const current = () => (content === '' ? [] : content.replace(/\n$/, '').split('\n'))
    for (let i = 0; i < 150; i++) {
      const choice = random.below(20)
      if (choice < 17) {
        const text = `${String(serial++)} ${random.pick(hostile)}${random.below(3) === 0 ? '' : '\n'}`
        content += text
        appendFileSync(file, text)
      } else {
        // The follower must have seen what is destroyed, and the other way round.
        const expected = [...model, ...current().map(shown)]
        await until(async () => sameLines(await texts(), expected))
        if (choice === 17 || content === '') {
          if (content === '') continue
          truncateSync(file)
          content = ''
        } else {
          renameSync(file, `${file}.${String(i)}`)
          model.push(...current().map(shown))
          content = `${String(serial++)} begins\n`
          writeFileSync(file, content)
        }
        await until(async () => sameLines(await texts(), [...model, ...current().map(shown)]))
        // Only the last contents are held.
        if (choice !== 17) model.splice(0, model.length, ...(await texts()).filter(isLine).slice(0, -1))
      }
    }
    await until(async () => sameLines(await texts(), [...model, ...current().map(shown)]))
  })

  function isLine(text: string): boolean {
    return !/^<\w+>$/.test(text)
  }

  /** Whether the last lines are these, as far as contents are held. */
  function sameLines(all: readonly string[], expected: readonly string[]): boolean {
    const lines = all.filter(isLine)
    return (
      lines.length <= expected.length &&
      lines.every((line, i) => line === expected[expected.length - lines.length + i]) &&
      (lines.length > 0 || expected.length === 0)
    )
  }
})
