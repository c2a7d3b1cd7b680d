/**
 * What writers and log rotation do to files, and what is asked of the follower each time: every line exactly once, whole. The
 * writer works in one go wherever it does not wait, so that the follower sees only what is there afterwards; it waits for the
 * follower only before it destroys what could not be had any more.
 * TAPEDECK_TIMES=8 repeats each scenario.
 */
import assert from 'node:assert/strict'
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { temporaryFolder } from '../../../test/fakes/logs'
import { FollowedText } from '../../../test/fakes/followedText'

const TIMES = Number(process.env['TAPEDECK_TIMES'] ?? 1)
const LINE_BYTES = 'line 000000 of the test\n'.length

describe('a followed file', () => {
  const folder = temporaryFolder()
  let file = ''
  let written: string[] = []
  let followed: FollowedText
  let serial = 0

  beforeEach(() => {
    file = path.join(folder.path, 'x.log')
    written = []
    serial = 0
  })
  afterEach(async () => {
    await followed.close()
  })

  /** The next lines, each with its number. */
  function next(count: number, word = 'line'): string {
    let text = ''
    for (let i = 0; i < count; i++) {
      const line = `${word} ${String(serial++).padStart(6, '0')} of the test`
      written.push(line)
      text += `${line}\n`
    }
    return text
  }

  function append(count: number, to = file): void {
    appendFileSync(to, next(count))
  }

  async function follow(): Promise<void> {
    followed = new FollowedText(file)
    await followed.follower.start()
  }

  async function allOnce(): Promise<void> {
    await followed.until(() => followed.lines.length >= written.length)
    await followed.follower.look()
    assert.deepEqual(followed.lines, written)
  }

  function scenario(name: string, run: () => Promise<void>): void {
    for (let time = 1; time <= TIMES; time++) it(TIMES === 1 ? name : `${name} (${String(time)})`, run)
  }

  scenario('rename_create_slow: renamed, made anew, written to, with pauses', async () => {
    append(50)
    await follow()
    append(50)
    for (let i = 0; i < 2; i++) {
      await setTimeout(100)
      renameSync(file, `${file}.${String(2 - i)}`)
      await setTimeout(100)
      append(75)
    }
    await allOnce()
    assert.deepEqual(followed.states, ['opened', 'rotated', 'rotated'])
  })

  scenario('rename_create_fast: the same without pauses', async () => {
    append(50)
    await follow()
    append(50)
    renameSync(file, `${file}.1`)
    append(50)
    await allOnce()
    append(50)
    renameSync(`${file}.1`, `${file}.2`)
    renameSync(file, `${file}.1`)
    append(50)
    await allOnce()
  })

  scenario('rename_oldfd_writes: the renamed file is still written to', async () => {
    append(100)
    await follow()
    const fd = openSync(file, 'a')
    append(100)
    renameSync(file, `${file}.1`)
    for (let i = 0; i < 40; i++) {
      writeSync(fd, next(1))
      if (i % 10 === 0) await setTimeout(20)
    }
    await allOnce()
    append(20)
    await allOnce()
    await setTimeout(300)
    writeSync(fd, next(5))
    closeSync(fd)
    await allOnce()
  })

  scenario('rename_5_rotations_fast: five rotations in one go', async () => {
    append(50)
    await follow()
    for (let i = 0; i < 5; i++) {
      append(200)
      for (let n = 4; n >= 1; n--) {
        try {
          renameSync(`${file}.${String(n)}`, `${file}.${String(n + 1)}`)
        } catch {
          // Not there yet.
        }
      }
      renameSync(file, `${file}.1`)
    }
    append(50)
    await allOnce()
  })

  scenario('rename_5_rotations_dates: five rotations to dated names, the oldest removed', async () => {
    append(50)
    await follow()
    for (let i = 0; i < 5; i++) {
      append(100)
      renameSync(file, path.join(folder.path, `x-2026112${String(i)}.log`))
      if (i === 2) unlinkSync(path.join(folder.path, 'x-20261120.log'))
    }
    append(50)
    await allOnce()
  })

  scenario('copytruncate_slow: copied and truncated, with pauses', async () => {
    append(50)
    await follow()
    append(50)
    await setTimeout(100)
    copyFileSync(file, `${file}.1`)
    truncateSync(file)
    await setTimeout(100)
    append(50)
    await allOnce()
    assert.deepEqual(followed.states, ['opened', 'truncated'])
  })

  scenario('copytruncate_fast: what was not read before is in the copy', async () => {
    append(50)
    await follow()
    append(50)
    copyFileSync(file, `${file}.1`)
    truncateSync(file)
    append(50)
    await allOnce()
  })

  scenario('copytruncate_fast_regrow: at once larger than before', async () => {
    append(50)
    await follow()
    append(50)
    copyFileSync(file, `${file}.1`)
    truncateSync(file)
    append(150)
    await allOnce()
  })

  scenario('truncate_smaller: what is kept does not come again', async () => {
    append(100)
    await follow()
    truncateSync(file, 40 * LINE_BYTES)
    append(50)
    await allOnce()
    assert.equal(followed.files.at(-1)?.keptBytes, 40 * LINE_BYTES)
  })

  scenario('rewrite_same_size: other lines of the same length', async () => {
    append(100)
    await follow()
    writeFileSync(file, next(100))
    await allOnce()
    append(5)
    await allOnce()
    assert.deepEqual(followed.states, ['opened', 'rewritten'])
  })

  scenario('rewrite_larger: more lines than before', async () => {
    append(100)
    await follow()
    writeFileSync(file, next(150))
    append(5)
    await allOnce()
  })

  for (const [name, pause] of [
    ['delete_recreate_1s', 1000],
    ['delete_recreate_4s', 4000],
  ] as const) {
    scenario(`${name}: gone and back`, async () => {
      append(50)
      await follow()
      append(50)
      await allOnce()
      unlinkSync(file)
      await setTimeout(pause)
      assert.equal(followed.follower.state, 'gone')
      append(50)
      append(20)
      await allOnce()
      assert.deepEqual(followed.states, ['opened', 'gone', 'back'])
      assert.equal(followed.follower.state, 'following')
    })
  }

  scenario('atomic_replace: another file with the same lines and more', async () => {
    append(60)
    await follow()
    append(20)
    writeFileSync(`${file}.tmp`, readFileSync(file, 'utf8') + next(20))
    renameSync(`${file}.tmp`, file)
    await allOnce()
    append(10)
    await allOnce()
    assert.deepEqual(followed.states, ['opened', 'replaced'])
  })

  scenario('symlink_switch: the name leads to another file', async () => {
    const targets = ['a', 'b'].map((name) => path.join(folder.path, name, 'y.log'))
    const [first = '', second = ''] = targets
    for (const target of targets) mkdirSync(path.dirname(target))
    append(50, first)
    symlinkSync(first, file)
    await follow()
    append(10, first)
    append(10, first)
    writeFileSync(second, next(50))
    symlinkSync(second, `${file}.new`)
    renameSync(`${file}.new`, file)
    await allOnce()
    // Told by the folder of the new target.
    append(10, second)
    await allOnce()
    assert.deepEqual(followed.states, ['opened', 'replaced'])
  })

  scenario('folder_moved: the folder is moved away and made anew', async () => {
    file = path.join(folder.path, 'logs', 'x.log')
    const moved = path.join(folder.path, 'logs.old')
    mkdirSync(path.dirname(file))
    append(50)
    await follow()
    append(10)
    renameSync(path.dirname(file), moved)
    mkdirSync(path.dirname(file))
    append(50)
    await allOnce()
    append(10)
    await allOnce()
    assert.deepEqual(followed.states, ['opened', 'rotated'])
  })

  scenario('link_hops: a link in the middle of the way leads elsewhere', async () => {
    for (const release of ['1', '2']) mkdirSync(path.join(folder.path, release))
    const current = path.join(folder.path, 'current')
    symlinkSync('1', current)
    symlinkSync(path.join('current', 'x.log'), file)
    append(50)
    await follow()
    append(10)
    symlinkSync('2', `${current}.new`)
    renameSync(`${current}.new`, current)
    append(50)
    await allOnce()
    append(10)
    await allOnce()
    assert.deepEqual(followed.states, ['opened', 'replaced'])
  })

  scenario('directory_later: neither the file nor its folders are there yet', async () => {
    file = path.join(folder.path, 'not', 'yet', 'x.log')
    await follow()
    assert.equal(followed.follower.state, 'waiting')
    mkdirSync(path.dirname(file), { recursive: true })
    append(50)
    await allOnce()
    append(50)
    await allOnce()
    assert.equal(followed.follower.state, 'following')
  })

  scenario('partial_lines: lines written in pieces', async () => {
    append(2)
    await follow()
    for (const piece of ['one', ' and', ' the rest\ntw', 'o\n', 'three\n']) {
      appendFileSync(file, piece)
      await followed.follower.look()
    }
    written.push('one and the rest', 'two', 'three')
    await allOnce()
  })

  scenario('no_final_newline: the unfinished last line is there', async () => {
    append(5)
    await follow()
    appendFileSync(file, 'the end')
    await followed.until(() => followed.partial === 'the end')
    appendFileSync(file, ' after all\n')
    written.push('the end after all')
    await allOnce()
  })

  scenario('utf8_split: characters cut by a write', async () => {
    append(1)
    await follow()
    const lines = ['grüße, 世界', '🙂 smile', 'end']
    for (const byte of Buffer.from(`${lines.join('\n')}\n`)) {
      appendFileSync(file, Buffer.of(byte))
      await followed.follower.look()
    }
    written.push(...lines)
    await allOnce()
  })

  scenario('crlf: the end of a line has two characters', async () => {
    append(1)
    await follow()
    for (let i = 0; i < 10; i++) {
      appendFileSync(file, `windows ${String(i)}\r`)
      await followed.follower.look()
      appendFileSync(file, '\n')
      written.push(`windows ${String(i)}`)
    }
    await allOnce()
  })

  scenario('long_line_50mb: one line of 50 MB in pieces', async () => {
    append(2)
    await follow()
    const fd = openSync(file, 'a')
    const piece = Buffer.alloc(1024 * 1024, 'x')
    for (let i = 0; i < 50; i++) {
      writeSync(fd, piece)
      if (i % 10 === 0) await followed.follower.look()
    }
    writeSync(fd, '\n')
    closeSync(fd)
    written.push('x'.repeat(50 * 1024 * 1024))
    append(3)
    await followed.until(() => followed.lines.length >= written.length)
    assert.ok(followed.lines.every((line, i) => line === written[i]))
  })

  scenario('invalid_utf8: bytes that are no text', async () => {
    append(1)
    await follow()
    appendFileSync(file, Buffer.concat([Buffer.from('bad '), Buffer.of(0xff, 0xc3, 0x28), Buffer.from(' bytes\nok\n')]))
    written.push('bad \ufffd\ufffd( bytes', 'ok')
    await allOnce()
    assert.deepEqual(followed.raws, [
      Buffer.concat([Buffer.from('bad '), Buffer.of(0xff, 0xc3, 0x28), Buffer.from(' bytes')]),
    ])
  })

  scenario('nul_bytes: text with holes', async () => {
    append(1)
    await follow()
    appendFileSync(file, 'a\0b\n\0\0\0\nend\n')
    written.push('a\0b', '\0\0\0', 'end')
    await allOnce()
  })

  scenario('utf16_bom: two bytes a character', async () => {
    const lines = ['first', 'zweite ä', 'Ċ\u0a0a tricky', '🙂']
    for (const order of ['le', 'be']) {
      file = path.join(folder.path, `${order}.log`)
      const bytes = Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`, 'utf16le')
      if (order === 'be') bytes.swap16()
      writeFileSync(file, '')
      await follow()
      for (let at = 0; at < bytes.length; at += 3) {
        appendFileSync(file, bytes.subarray(at, at + 3))
        await followed.follower.look()
      }
      written = [...lines]
      await allOnce()
      await followed.close()
      // From the end, where the mark is not read.
      followed = new FollowedText(file, { lines: 2 })
      await followed.follower.start()
      assert.deepEqual(followed.lines, lines.slice(2))
      await followed.close()
    }
  })

  scenario('writer_with_holes: a truncated file is written on at the old place', async () => {
    append(20)
    await follow()
    const fd = openSync(file, 'r+')
    const size = 20 * LINE_BYTES
    truncateSync(file)
    writeSync(fd, 'behind a hole\n', size)
    closeSync(fd)
    written.push(`${'\0'.repeat(size)}behind a hole`)
    await allOnce()
  })

  it('is gone on with where another follower stood, whatever was rotated meanwhile', async () => {
    append(50)
    await follow()
    await allOnce()
    const { position } = followed.follower
    assert.ok(position)
    await followed.close()
    append(10)
    renameSync(file, `${file}.1`)
    append(10)
    renameSync(`${file}.1`, `${file}.2`)
    renameSync(file, `${file}.1`)
    append(10)
    const before = followed.lines
    followed = new FollowedText(file, position)
    await followed.follower.start()
    assert.deepEqual([...before, ...followed.lines], written)
  })

  it('is begun anew where another text has taken its place meanwhile', async () => {
    append(50)
    await follow()
    const { position } = followed.follower
    assert.ok(position)
    await followed.close()
    rmSync(file)
    written = []
    append(60)
    followed = new FollowedText(file, position)
    await followed.follower.start()
    assert.deepEqual(followed.lines, written)
  })

  it('gives what came while it was paused, also from files that were rotated away', async () => {
    append(10)
    await follow()
    followed.follower.pause()
    append(500)
    renameSync(file, `${file}.1`)
    await followed.follower.look()
    append(500)
    await followed.follower.look()
    assert.equal(followed.lines.length, 10)
    assert.equal(followed.follower.pendingBytes, 1000 * LINE_BYTES)
    assert.equal(followed.follower.state, 'paused')
    unlinkSync(`${file}.1`)
    followed.follower.resume()
    await allOnce()
  })

  it('begins with the last lines, also with one that is not finished', async () => {
    append(20_000)
    appendFileSync(file, 'unfinished')
    followed = new FollowedText(file, { lines: 3 })
    await followed.follower.start()
    assert.deepEqual(followed.lines, written.slice(-2))
    assert.equal(followed.partial, 'unfinished')
  })
})
