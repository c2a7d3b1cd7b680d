import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { logLines, startLog, temporaryFolder, type TestLog } from '../../../test/fakes/logs'
import { newSeed, Random } from '../../../test/fakes/random'
import { RunLogStore } from '../store/runLogStore'
import type { UserError } from '../../shared/userError'
import { checkFile } from './checkFile'
import { parseBlockLine } from './indexFile'
import type { WriterOptions } from './writer'

describe('A run log that somebody harms while it is written', () => {
  const folder = temporaryFolder()
  /** A log in a folder that Tapedeck made, and what the person was told. */
  const start = (options: WriterOptions = {}) => {
    const told: string[] = []
    const failures: UserError[] = []
    const log = startLog(path.join(folder.path, 'logs'), {
      onMended: (message) => told.push(message),
      onFailure: (error) => failures.push(error),
      ...options,
    })
    return { log, told, failures }
  }
  /** The events of the finished log, which must be sound. */
  const numbers = async (log: TestLog): Promise<number> => {
    const { events, violations } = await checkFile(log.path)
    assert.deepEqual(violations, [])
    return events
  }

  it('is made again, whole, when it was deleted', async () => {
    const { log, told, failures } = start()
    await log.emit(...logLines(2000))
    rmSync(log.path)
    await log.emit(...logLines(5, 2000))
    assert.ok(existsSync(log.path))
    await log.finish()
    assert.equal(await numbers(log), 2005)
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /made again/)
    assert.deepEqual(failures, [])
  })

  it('is made again with its folder and its index when that was ours', async () => {
    const { log, told } = start()
    await log.emit(...logLines(3000))
    rmSync(path.join(folder.path, 'logs'), { recursive: true })
    await log.emit(...logLines(3000, 3000))
    await log.finish()
    assert.equal(await numbers(log), 6000)
    assert.equal(told.length, 1)
    assert.equal(readFileSync(path.join(folder.path, 'logs', '.gitignore'), 'utf8'), '*\n')
    const blocks = readFileSync(log.writer.paths.index, 'utf8').trimEnd().split('\n').map(parseBlockLine)
    assert.ok(blocks.every((block, i) => block !== undefined && block.offset === (blocks[i - 1]?.end ?? block.offset)))
    assert.equal(blocks[0]?.position, 0)
  })

  it('is made again while nothing is printed', async () => {
    let mended: () => void = () => undefined
    const done = new Promise<void>((resolve) => (mended = resolve))
    const { log } = start({
      syncIntervalMs: 5,
      onMended: () => {
        mended()
      },
    })
    await log.emit(...logLines(3))
    rmSync(log.path)
    await done
    assert.equal(readFileSync(log.path, 'utf8').split('\n').length, 5)
    await log.finish()
    assert.equal(await numbers(log), 3)
  })

  it('is made again when it was moved away, and is written where it is when nothing can be made there', async () => {
    const { log, told } = start()
    await log.emit(...logLines(3))
    renameSync(log.path, path.join(folder.path, 'trash'))
    await log.writer.check()
    await log.emit(...logLines(3, 3))
    await log.finish()
    assert.equal(await numbers(log), 6)
    assert.equal(told.length, 1)

    const other = start()
    await other.log.emit(...logLines(3))
    renameSync(path.join(folder.path, 'logs'), path.join(folder.path, 'elsewhere'))
    writeFileSync(path.join(folder.path, 'logs'), 'a file')
    await other.log.writer.check()
    await other.log.emit(...logLines(3, 3))
    await other.log.finish()
    assert.deepEqual([other.told, other.failures], [[], []])
    const { events } = await checkFile(path.join(folder.path, 'elsewhere', 'runs', path.basename(other.log.path)))
    assert.equal(events, 6)
  })

  it('leaves what was put in its place beside it', async () => {
    const { log } = start()
    await log.emit(...logLines(3))
    rmSync(log.path)
    writeFileSync(log.path, 'mine')
    await log.emit(...logLines(3, 3))
    await log.finish()
    assert.equal(await numbers(log), 6)
    assert.equal(readFileSync(`${log.path}.other`, 'utf8'), 'mine')
  })

  it('is not made again in a folder of the person, and fails until the folder is back', async () => {
    mkdirSync(path.join(folder.path, 'logs'))
    const { log, failures } = start()
    await log.emit(...logLines(3))
    rmSync(path.join(folder.path, 'logs'), { recursive: true })
    await log.emit(...logLines(1, 3))
    assert.deepEqual(readdirSync(folder.path), [])
    assert.match(failures[0]?.message ?? '', /was deleted/)
    assert.deepEqual([log.writer.written.count, log.writer.unwritten], [3, 1])
    mkdirSync(path.join(folder.path, 'logs'))
    log.writer.tryAgain()
    await log.writer.check()
    await log.finish()
    assert.equal(failures.length, 1)
    assert.equal(await numbers(log), 3)
  })

  const seed = newSeed()
  it(`keeps the whole lines that are left when it was cut, and counts the others (seed ${String(seed)})`, async () => {
    const random = new Random(seed)
    for (let round = 0; round < 20; round++) {
      const { log, failures } = start()
      await log.emit(...logLines(500))
      const { bytes } = log.writer.written
      const left = round === 0 ? 0 : random.below(bytes)
      truncateSync(log.path, left)
      // Something else may write there meanwhile.
      if (round % 3 === 1) appendFileSync(log.path, 'hello\n')
      await log.emit(...logLines(1, 500))
      assert.equal(failures.length, 1, `round ${String(round)}`)
      const { written, unwritten } = log.writer
      assert.equal(written.count + unwritten, 501)
      assert.ok(written.bytes <= Math.max(left, readFileSync(log.path).indexOf(10) + 1))
      await log.finish()
      assert.equal(await numbers(log), written.count)
    }
  })

  it('is followed on by a reader that had it open', async () => {
    const { log } = start()
    await log.emit(...logLines(3))
    const store = await RunLogStore.open(log.path, () => {
      throw new Error('nobody searches')
    })
    await store.advance()
    rmSync(log.path)
    await log.emit(...logLines(2, 3))
    await store.advance(log.writer.written.bytes)
    assert.equal(store.growth.size, 5)
    assert.match(JSON.stringify(await store.detail(4)), /line 4 /)
    store.dispose()
    await log.finish()
  })

  it('that was emptied under a write has a hole, which is found', async () => {
    const { log, failures } = start()
    await log.emit(...logLines(500))
    truncateSync(log.path, 0)
    truncateSync(log.path, log.writer.written.bytes)
    await log.writer.check()
    assert.match(failures[0]?.message ?? '', /emptied or shortened/)
    assert.equal(log.writer.unwritten, 500)
    await log.finish()
    assert.equal(await numbers(log), 0)
  })
})
