import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync, mkdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { fdatasync, ftruncate, write } from 'node:fs'
import path from 'node:path'
import { logLines, startLog, temporaryFolder } from '../../../test/fakes/logs'
import { metadataSchema } from '../../shared/events/schema'
import { UserError } from '../../shared/userError'
import { parseBlockLine } from './indexFile'
import type { LogFileSystem } from './logFileSystem'
import { RunLogWriter } from './writer'

const writeFile = promisify(write)

/** A disk with room for so many bytes; a write over the edge writes what fits, as real ones do. */
function diskOf(room: { bytes: number }): LogFileSystem {
  return {
    write: async (fd, bytes, offset, length, position) => {
      const fits = Math.min(length, room.bytes - position)
      if (fits <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      return writeFile(fd, bytes, offset, fits, position)
    },
    truncate: promisify(ftruncate),
    sync: promisify(fdatasync),
  }
}

describe('RunLogWriter', () => {
  const folder = temporaryFolder()

  it('writes one valid JSON document, one event a line', async () => {
    const log = startLog(folder.path)
    await log.emit(...logLines(3))
    await log.finish()
    const text = readFileSync(log.path, 'utf8')
    const lines = text.split('\n')
    assert.equal(lines.length, 6)
    assert.ok(lines[1]?.startsWith('{"capture_id":'))
    assert.ok(lines[2]?.startsWith(',{"capture_id":'))
    const document = JSON.parse(text) as { events: { seq: number }[]; metadata: unknown }
    assert.deepEqual(
      document.events.map(({ seq }) => seq),
      [0, 1, 2],
    )
    assert.equal(metadataSchema.parse(document.metadata).event_count, 3)
  })

  it('writes a valid document without any event', async () => {
    const log = startLog(folder.path)
    await log.finish()
    assert.deepEqual((JSON.parse(readFileSync(log.path, 'utf8')) as { events: unknown[] }).events, [])
  })

  it('is readable while open: whole lines and "]}" are a document', async () => {
    const log = startLog(folder.path)
    await log.emit(...logLines(5))
    const document = JSON.parse(`${readFileSync(log.path, 'utf8')}]}`) as { events: unknown[] }
    assert.equal(document.events.length, 5)
    await log.writer.abandon()
  })

  it('indexes each 64 kB with offset, first position and counts', async () => {
    const log = startLog(folder.path)
    await log.emit(...logLines(3000))
    await log.finish()
    const bytes = readFileSync(log.path)
    const blocks = readFileSync(log.writer.paths.index, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => parseBlockLine(line))
    assert.ok(blocks.length >= 5)
    let position = 0
    for (const block of blocks) {
      assert.ok(block !== undefined)
      const text = bytes.toString('utf8', block.offset, block.end)
      const lines = text.trimEnd().split('\n')
      assert.equal(block.position, position)
      assert.ok(lines[0]?.includes(`"seq":${String(position)},`))
      assert.equal(
        Object.values(block.counts).reduce((a, b) => a + b),
        lines.length,
      )
      assert.equal(block.counts['log_line:error'] ?? 0, lines.filter((line) => line.includes('"level":"error"')).length)
      position += lines.length
    }
  })

  it('keeps the closing line within 16 kB', async () => {
    const log = startLog(folder.path)
    await log.writer.finish((written) => ({
      ...log.head,
      prompt: 'p'.repeat(100_000),
      status: 'completed',
      event_count: written.count,
      phase_counts: {},
      level_counts: {},
      dropped: 0,
      redacted: {},
    }))
    const text = readFileSync(log.path, 'utf8')
    assert.ok(Buffer.byteLength(text.trimEnd().split('\n').at(-1) ?? '') <= 16 * 1024)
    assert.ok((JSON.parse(text) as { metadata: { prompt: string } }).metadata.prompt.startsWith('ppp'))
  })

  it('stops at a full disk with whole lines and one message', async () => {
    const failures: UserError[] = []
    const log = startLog(folder.path, {
      fileSystem: diskOf({ bytes: 20_000 }),
      onFailure: (error) => failures.push(error),
    })
    for (let i = 0; i < 50; i++) await log.emit(...logLines(10, i * 10))
    assert.equal(failures.length, 1)
    assert.equal(failures[0]?.code, 'disk_full')
    assert.ok(failures[0].message.includes(log.path))
    const document = JSON.parse(`${readFileSync(log.path, 'utf8')}]}`) as { events: { seq: number }[] }
    assert.equal(document.events.length, log.writer.written.count)
    assert.ok(document.events.length > 50)
    await log.writer.abandon()
  })

  it('makes room for its last line on a full disk, and says what that cost', async () => {
    const log = startLog(folder.path, { fileSystem: diskOf({ bytes: 20_000 }) })
    for (let i = 0; i < 50; i++) await log.emit(...logLines(10, i * 10))
    await log.finish('failed')
    const document = JSON.parse(readFileSync(log.path, 'utf8')) as {
      events: { seq: number }[]
      metadata: { event_count: number; dropped: number }
    }
    assert.equal(document.events.length, document.metadata.event_count)
    assert.equal(document.metadata.event_count + document.metadata.dropped, 500)
    assert.deepEqual(
      document.events.map(({ seq }) => seq),
      document.events.map((_, i) => i),
    )
  })

  it('puts a .gitignore into a directory that it makes, and leaves an existing one alone', async () => {
    const made = startLog(path.join(folder.path, 'new'))
    assert.equal(readFileSync(path.join(folder.path, 'new', '.gitignore'), 'utf8'), '*\n')
    mkdirSync(path.join(folder.path, 'old'))
    const old = startLog(path.join(folder.path, 'old'))
    assert.equal(existsSync(path.join(folder.path, 'old', '.gitignore')), false)
    await Promise.all([made.finish(), old.finish()])
    assert.equal(statSync(made.path).mode & 0o777, 0o600)
  })

  it('says so when the log directory is a file', () => {
    const file = path.join(folder.path, 'file')
    writeFileSync(file, '')
    assert.throws(
      () => startLog(file),
      (error) => error instanceof UserError && error.code === 'log_directory' && error.message.includes(file),
    )
  })

  it('never overwrites a log', async () => {
    const log = startLog(folder.path)
    assert.throws(
      () => RunLogWriter.create(folder.path, log.head),
      (error) => error instanceof UserError && /exists already/.test(error.message),
    )
    await log.finish()
  })

  it('refuses an id that leads out of the directory', () => {
    const head = { capture_id: '../../etc/passwd' }
    assert.throws(
      () => startLog(folder.path, {}, { ...startLogHead(), ...head }),
      (error) => error instanceof UserError && error.code === 'bad_capture_id',
    )
  })
})

function startLogHead() {
  return {
    kind: 'capture' as const,
    title: 't',
    started_at: new Date().toISOString(),
    pid: 1,
    machine: 'm',
    tool: { name: 't', version: '1' },
  }
}
