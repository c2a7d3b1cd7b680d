import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import fs, { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { temporaryFolder } from '../../../test/fakes/logs'
import type { SourceHandle } from '../../core/source'
import type { EventDraft } from '../../shared/events/schema'
import { isUserError } from '../../shared/userError'
import { fileSource, type FileHandle, type FileSourceOptions } from './fileSource'

describe('followed files as a source', () => {
  const folder = temporaryFolder()
  const name = (file: string): string => path.join(folder.path, file)
  let handle: SourceHandle | undefined
  let drafts: EventDraft[] = []
  let said: string[] = []
  let check: () => void = () => undefined

  beforeEach(() => {
    drafts = []
    said = []
    check = () => undefined
  })
  afterEach(async () => {
    await handle?.stop('polite')
    handle = undefined
  })

  async function open(options: Omit<FileSourceOptions, 'from'> & Partial<FileSourceOptions>): Promise<void> {
    handle = await fileSource({ from: 'start', ...options }).open({
      emit: (draft) => {
        drafts.push(draft)
        check()
        return undefined
      },
      output: () => undefined,
      endOutput: () => undefined,
      openLog: () => undefined,
      launched: () => undefined,
      log: (message) => said.push(message),
    })
  }

  function until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      check = () => {
        if (isTrue()) resolve()
      }
      check()
    })
  }

  const texts = (): string[] => drafts.flatMap((draft) => (draft.phase === 'log_line' ? [draft.data.text] : []))

  it('gives the lines of several files with what they say', async () => {
    writeFileSync(name('a.log'), '2026-11-21 10:00:00,123 ERROR app.main: broken\n  at here\n')
    writeFileSync(name('b.log'), 'plain\n')
    await open({ files: [name('a.log'), name('b.log')] })
    appendFileSync(name('b.log'), 'more\n')
    await until(() => texts().length === 4)
    assert.deepEqual(
      drafts.map(({ phase }) => phase),
      ['file', 'log_line', 'log_line', 'file', 'log_line', 'log_line'],
    )
    const [, first, second] = drafts
    assert.ok(first?.phase === 'log_line' && second?.phase === 'log_line')
    const { logged_at: at, ...rest } = first.data
    assert.match(at ?? '', /^2026-11-2\dT\d\d:\d\d:00\.123Z$/)
    assert.deepEqual(rest, {
      text: '2026-11-21 10:00:00,123 ERROR app.main: broken',
      stream: 'file',
      source: name('a.log'),
      level: 'error',
      logger: 'app.main',
    })
    assert.deepEqual(second.data, {
      text: '  at here',
      stream: 'file',
      source: name('a.log'),
      level: 'error',
      continued: true,
    })
  })

  it('ends as failed where what is there can’t be read', async () => {
    writeFileSync(name('a.log'), 'one\n')
    const { readSync } = fs
    fs.readSync = ((fd: number, buffer: Buffer, offset: number, length: number, position: number) => {
      if (length > 4096) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
      return readSync(fd, buffer, offset, length, position)
    }) as typeof readSync
    try {
      await open({ files: [name('a.log')], untilEnd: true })
      const end = await handle?.ended
      assert.equal(end?.status, 'failed')
      assert.match(end.error ?? '', /a\.log can't be read: EIO/)
      assert.deepEqual(said, [end.error])
    } finally {
      fs.readSync = readSync
    }
  })

  it('refuses what the system makes up as it is read', async function () {
    if (process.platform !== 'linux') this.skip()
    for (const [file, code] of [
      ['/proc/cpuinfo', 'not_a_text_file'],
      ['/proc/uptime', 'not_a_text_file'],
      ['/proc/self/mem', 'file_unreadable'],
    ] as const) {
      for (const untilEnd of [{}, { untilEnd: true }] as const) {
        await assert.rejects(open({ files: [file], ...untilEnd }), (error) => isUserError(error) && error.code === code)
      }
    }
    writeFileSync(name('empty.log'), '')
    await open({ files: [name('empty.log')] })
  })

  it('says nothing before the first line, and tells each rotation', async () => {
    writeFileSync(name('a.log'), '')
    await open({ files: [name('a.log')] })
    assert.equal(drafts.length, 0)
    appendFileSync(name('a.log'), 'one\n')
    await until(() => texts().length === 1)
    renameSync(name('a.log'), name('a.log.1'))
    writeFileSync(name('a.log'), 'two\n')
    await until(() => texts().length === 2)
    assert.deepEqual(
      drafts.flatMap((draft) => (draft.phase === 'file' ? [draft.data.state] : [])),
      ['opened', 'rotated'],
    )
  })

  it('shows a line that is not finished, and counts it as one at the end', async () => {
    writeFileSync(name('a.log'), 'one\ntw')
    await open({ files: [name('a.log')] })
    await until(() => drafts.some(({ phase }) => phase === 'line_update'))
    assert.deepEqual(drafts.at(-1), {
      phase: 'line_update',
      data: { stream: 'file', source: name('a.log'), text: 'tw' },
    })
    await handle?.stop('polite')
    const last = drafts.at(-1)
    assert.ok(last?.phase === 'log_line' && last.data.text === 'tw' && last.data.unterminated === true)
    const end = await handle?.ended
    assert.deepEqual(end, { status: 'completed', metadata: { files: [{ path: name('a.log') }] } })
  })

  it('takes files in that match a pattern later, but no rotated ones', async () => {
    mkdirSync(name('logs'))
    writeFileSync(name('logs/a.log'), 'a\n')
    writeFileSync(name('logs/a.log.2'), 'old\n')
    await open({ files: [], globs: ['logs/*.log*'], cwd: folder.path })
    assert.deepEqual(texts(), ['a'])
    renameSync(name('logs/a.log'), name('logs/a.log.1'))
    writeFileSync(name('logs/a.log'), 'new a\n')
    writeFileSync(name('logs/b.log'), 'b\n')
    await until(() => texts().length >= 3)
    appendFileSync(name('logs/b.log'), 'end\n')
    await until(() => texts().includes('end'))
    assert.deepEqual(texts().sort(), ['a', 'b', 'end', 'new a'])
  })

  it('takes no more files in than there is room for, and none of folders that are left out', async () => {
    for (const file of ['logs', 'logs/own', 'logs/node_modules', 'logs/.hidden']) mkdirSync(name(file))
    for (const file of ['0.log', 'own/x.log', 'node_modules/x.log', '.hidden/x.log', 'a.log', 'b.log', 'c.log'])
      writeFileSync(name(`logs/${file}`), `${file}\n`)
    const pattern = {
      globs: ['logs/**/*.log'],
      cwd: folder.path,
      leaveOut: [name('logs/own'), name('logs/0.log')],
      maxJoined: 2,
    }
    await open({ files: [name('logs/c.log')], ...pattern })
    assert.deepEqual(texts(), ['c.log', 'a.log'])
    assert.match(said.join(), /b\.log matches too, but 2 files are followed already/)
    writeFileSync(name('logs/d.log'), 'd.log\n')
    await (handle as FileHandle).settle()
    assert.match(said.join(), /d\.log matches too/)
    assert.deepEqual(texts(), ['c.log', 'a.log'])
  })

  it('reaches into folders that hold other people’s files where a pattern names them', async () => {
    mkdirSync(name('node_modules'))
    writeFileSync(name('node_modules/x.log'), 'x\n')
    await open({ files: [], globs: ['node_modules/*.log'], cwd: folder.path })
    assert.deepEqual(texts(), ['x'])
  })

  it('ends at its bound and says what is left', async () => {
    writeFileSync(name('a.log'), 'x'.repeat(99) + '\n')
    await open({ files: [name('a.log')], maxBytes: 250 })
    appendFileSync(name('a.log'), `${'y'.repeat(99)}\n${'z'.repeat(99)}\nlast\n`)
    const end = await handle?.ended
    assert.equal(end?.status, 'completed')
    assert.deepEqual(
      texts().map((text) => text.charAt(0)),
      ['x', 'y'],
    )
    const dropped = drafts.find(({ phase }) => phase === 'dropped')
    assert.ok(dropped?.phase === 'dropped')
    assert.equal(dropped.data.count, 2)
    assert.equal(dropped.data.bytes, 105)
    assert.match(dropped.data.why, /bound of 250/)
  })

  it('keeps the bytes of a line that its text does not say', async () => {
    writeFileSync(name('a.log'), Buffer.from('a\xff\nno\0thing\n10 %\r100 %\r\n\x1b[31mred\x1b[0m\r\n', 'latin1'))
    await open({ files: [name('a.log')] })
    const lines = drafts.flatMap((draft) => (draft.phase === 'log_line' ? [draft.data] : []))
    assert.deepEqual(
      lines.map(({ text, raw }) => [text, raw]),
      [
        ['a\ufffd', { bytes: 'a\\xff' }],
        ['nothing', { bytes: 'no\\x00thing' }],
        ['100 %', { bytes: '10 %\\x0d100 %' }],
        ['\x1b[31mred\x1b[0m', undefined],
      ],
    )
  })

  it('refuses a folder and waits for a file that is not there', async () => {
    await assert.rejects(open({ files: [folder.path] }), (error) => isUserError(error) && error.kind === 'bad_input')
    await open({ files: [name('later.log')] })
    assert.match(said.join('\n'), /later\.log is not there yet/)
    writeFileSync(name('later.log'), 'now\n')
    await until(() => texts().length === 1)
  })

  describe('that are packed', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `line ${String(i)} of the archive\n`).join('')
    const ways: readonly [string, (bytes: Buffer) => Buffer][] = [
      ['gz', gzipSync],
      ['zst', zstdCompressSync],
    ]
    for (const [extension, pack] of ways) {
      it(`are read as the text in them (${extension})`, async () => {
        writeFileSync(name(`a.log.${extension}`), pack(Buffer.from(text)))
        await open({ files: [name(`a.log.${extension}`)], untilEnd: true })
        assert.equal((await handle?.ended)?.status, 'completed')
        assert.equal(texts().join('\n'), text.trimEnd())
      })

      it(`give what they hold where they are damaged, and say so (${extension})`, async () => {
        const packed = pack(Buffer.from(randomBytes(300_000).toString('hex').replaceAll('0', '\n')))
        writeFileSync(name(`a.log.${extension}`), packed.subarray(0, packed.length - 5000))
        await open({ files: [name(`a.log.${extension}`)] })
        const end = await handle?.ended
        assert.equal(end?.status, 'failed')
        assert.match(end.error ?? '', /is damaged or not whole/)
        assert.deepEqual(said, [end.error])
        assert.ok(texts().length > 1000)
      })
    }

    it('are read beside those that are followed, which go on', async () => {
      writeFileSync(name('a.log.1.gz'), gzipSync('old\n'))
      writeFileSync(name('a.log'), 'new\n')
      await open({ files: [name('a.log.1.gz'), name('a.log')] })
      await until(() => texts().length === 2)
      appendFileSync(name('a.log'), 'newer\n')
      await until(() => texts().length === 3)
      assert.deepEqual(texts().toSorted(), ['new', 'newer', 'old'])
    })

    it('wait for a log that is behind, and stop with the rest', async () => {
      writeFileSync(name('a.log.gz'), gzipSync(text.repeat(20)))
      let lines = 0
      const source = fileSource({ files: [name('a.log.gz')], from: 'start' })
      const open = await source.open({
        emit: () => {
          lines++
          return new Promise(() => undefined)
        },
        output: () => undefined,
        endOutput: () => undefined,
        openLog: () => undefined,
        launched: () => undefined,
        log: (message) => said.push(message),
      })
      await setImmediate()
      await open.stop('polite')
      assert.equal((await open.ended).status, 'completed')
      assert.ok(lines < 20_000, String(lines))
      assert.deepEqual(said, [])
    })

    it('have no end to be followed from', async () => {
      writeFileSync(name('a.log.gz'), gzipSync('old\n'))
      await assert.rejects(
        open({ files: [name('a.log.gz')], from: { lines: 10 } }),
        (error) => isUserError(error) && error.code === 'packed_file' && error.message.includes('--from-start'),
      )
    })
  })
})
