import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { temporaryFolder } from '../../../test/fakes/logs'
import { textThreads } from '../../../test/fakes/textThreads'
import { unpack } from './decompress'
import { olderSiblings } from './olderSiblings'
import { TextFileStore } from './textFileStore'

describe('older history of a log file', () => {
  const folder = temporaryFolder()
  const at = (name: string): string => path.join(folder.path, name)

  it('is found by the names that log rotation makes, the newest first', async () => {
    const names = ['x.log.1', 'x.log.2.gz', 'x-20261120.log', 'x.log-20261119.zst']
    for (const name of ['x.log', ...names, 'x.log.bak', 'xy.log', 'x.log.old', 'y.log.1']) writeFileSync(at(name), name)
    for (const [age, name] of names.entries()) utimesSync(at(name), 1e9 - age, 1e9 - age)
    const found = await olderSiblings(at('x.log'))
    assert.deepEqual(
      found.map(({ path: file, compression }) => [path.basename(file), compression]),
      [
        ['x.log.1', undefined],
        ['x.log.2.gz', 'gz'],
        ['x-20261120.log', undefined],
        ['x.log-20261119.zst', 'zst'],
      ],
    )
    assert.deepEqual(await olderSiblings(at('nowhere/x.log')), [])
  })

  it('is unpacked to a file that its owner deletes, and read', async () => {
    const text = Array.from({ length: 50_000 }, (_, i) => `line ${String(i)}\n`).join('')
    const zstd = (zlib as { zstdCompressSync?: (bytes: string) => Buffer }).zstdCompressSync
    writeFileSync(at('a.log.gz'), zlib.gzipSync(text))
    if (zstd !== undefined) writeFileSync(at('a.log.zst'), zstd(text))
    for (const name of zstd === undefined ? ['a.log.gz'] : ['a.log.gz', 'a.log.zst']) {
      let progress = 0
      const unpacked = await unpack(at(name), { folder: folder.path, onProgress: (share) => (progress = share) })
      assert.equal(readFileSync(unpacked.path, 'utf8'), text)
      assert.equal(progress, 1)
      await unpacked.dispose()
      assert.equal(existsSync(unpacked.path), false)
    }
    assert.equal(
      readdirSync(folder.path).some((name) => name.startsWith('tapedeck-unpacked')),
      false,
    )
  })

  it('is read as far as it is whole, and leaves nothing when it can’t be', async () => {
    const packed = zlib.gzipSync(Array.from({ length: 200_000 }, (_, i) => `line ${String(i * 7919)}\n`).join(''))
    writeFileSync(at('cut.gz'), packed.subarray(0, packed.length / 2))
    const cut = await unpack(at('cut.gz'), { folder: folder.path })
    assert.match(cut.problem ?? '', /cut\.gz is damaged or not whole/)
    assert.ok(readFileSync(cut.path, 'utf8').startsWith('line 0\nline 7919\n'))
    await cut.dispose()
    writeFileSync(at('bad.gz'), 'no gzip at all')
    await assert.rejects(unpack(at('bad.gz'), { folder: folder.path }), { code: 'unpack_failed' })
    await assert.rejects(unpack(at('none.gz'), { folder: folder.path }), { code: 'file_unreadable' })
    await assert.rejects(unpack(at('cut.gz'), { folder: folder.path, signal: AbortSignal.abort() }), {
      name: 'AbortError',
    })
    assert.deepEqual(readdirSync(folder.path).sort(), ['bad.gz', 'cut.gz'])
  })

  it('is put before the lines of a store', async () => {
    writeFileSync(at('x.log'), 'c\nd\n')
    writeFileSync(at('x.log.1'), 'a\nb\n')
    const threads = textThreads()
    const store = await TextFileStore.open(at('x.log'), {}, threads)
    try {
      let resets = 0
      store.onDidReset(() => resets++)
      await store.prepend(at('x.log.1'))
      const view = await store.view({})
      const rows = await view.rows(0, view.count)
      assert.deepEqual(
        rows.map(({ text, phase }) => (phase === 'file' ? '-' : text)),
        ['a', 'b', '-', 'c', 'd'],
      )
      for (const [index, { seq }] of rows.entries()) assert.equal(await view.positionOf({ seq }), index)
      assert.equal(resets, 1)
    } finally {
      await store.close()
      threads.reader.dispose()
    }
  })
})
