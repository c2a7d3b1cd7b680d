import assert from 'node:assert/strict'
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { Random } from '../../../test/fakes/random'
import { ripgrepHere } from '../../../test/fakes/ripgrep'
import { textThreads } from '../../../test/fakes/textThreads'
import type { Query, TextQuery } from '../../shared/protocol/rows'
import { findRipgrep } from './ripgrepPath'
import { TextFileStore, type TextThreads } from './textFileStore'
import type { TextView } from './textViews'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

async function until(view: TextView, holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise<void>((resolve) => {
      const stop = view.onDidChange(() => {
        stop()
        resolve()
      })
    })
  }
}

describe('a search by ripgrep', function () {
  this.timeout(60_000)
  const folder = temporaryFolder()
  const threads: TextThreads[] = []
  const stores: TextFileStore[] = []
  let file = ''
  let ripgrep = ''

  before(function () {
    const found = ripgrepHere()
    if (found === undefined || process.platform !== 'linux') this.skip()
    ripgrep = found
  })
  beforeEach(() => {
    file = path.join(folder.path, 'x.log')
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
    for (const one of threads.splice(0)) one.reader.dispose()
  })

  async function open(program?: string): Promise<TextFileStore> {
    const started = textThreads(program)
    threads.push(started)
    const store = await TextFileStore.open(file, {}, started)
    stores.push(store)
    return store
  }

  /** A program that writes down that it was started, and does what it should. */
  function counting(script = `exec ${ripgrep} "$@"`): { program: string; log: string } {
    const [program, log] = [path.join(folder.path, 'rg.sh'), path.join(folder.path, 'started')]
    writeFileSync(program, `#!/bin/sh\necho started >> ${log}\n${script}\n`)
    chmodSync(program, 0o755)
    writeFileSync(log, '')
    return { program, log }
  }

  async function lines(store: TextFileStore, query: Query): Promise<number[]> {
    const view = await store.view(query)
    await until(view, () => view.complete)
    assert.equal(view.problem, undefined)
    const rows = await view.rows(0, view.count)
    view.dispose()
    return rows.map(({ position }) => position)
  }

  const atoms = [
    ...['a', 'b', 'x', 'K', 's', ' ', 'é', '.', '[^a]', '[a-x]', '[^\\d ]', '\\d', '\\w', '\\s', '\\S', '\\W', '\\D'],
    ...[
      '\\.',
      '\\[',
      '\\t',
      '(?:ab|x)',
      '(a|b.)',
      '(x|)',
      '\\p{L}',
      '[\\s\\S]',
      '[k-s]',
      '\\bx',
      '[[]',
      '[x^-]',
      '"',
      '-',
    ],
  ]
  const quantifiers = ['', '', '', '', '*', '+', '?', '{2}', '{1,3}', '+?', '{2,}']
  const words = [
    'a',
    'b',
    'x',
    'ab',
    'k',
    'S',
    '\u212a',
    'ſ',
    'é',
    '😀',
    '\u2028',
    '\u00a0',
    ' ',
    '\t',
    '.',
    '[',
    '7',
    '\r',
    '\0',
    '"',
  ]

  function randomPattern(random: Random): string {
    const pieces = Array.from({ length: 1 + random.below(4) }, () => random.pick(atoms) + random.pick(quantifiers))
    const [start, end] = [random.below(6) === 0 ? '^' : '', random.below(6) === 0 ? '$' : '']
    return start + pieces.join(random.below(8) === 0 ? '|' : '') + end
  }

  it(`finds what our own finds (seed ${String(seed)})`, async () => {
    const random = new Random(seed)
    const bad = [Buffer.from([0xff]), Buffer.from([0xe2, 0x80]), Buffer.from([0xc3]), Buffer.from([0xf0, 0x9f, 0x98])]
    for (let round = 0; round < 3; round++) {
      const ends = random.pick([['\n'], ['\r\n'], ['\n', '\r\n']])
      const isClean = random.below(2) === 0
      const text = Array.from({ length: 3000 }, () => [
        ...Array.from({ length: random.below(8) }, () =>
          !isClean && random.below(20) === 0
            ? random.pick(bad)
            : Buffer.from(random.pick(isClean ? words.slice(0, 6) : words)),
        ),
        Buffer.from(random.below(200) === 0 ? 'x'.repeat(40) : ''),
        Buffer.from(random.pick(ends)),
      ]).flat()
      if (random.below(2) === 0) text.push(Buffer.from('an end xab'))
      writeFileSync(file, Buffer.concat(text))
      // What it refuses would be searched by ourselves, unseen.
      const codes = path.join(folder.path, 'codes')
      const { program } = counting(`${ripgrep} "$@"; code=$?; echo $code >> ${codes}; exit $code`)
      const [own, aided] = [await open(), await open(program)]
      for (let i = 0; i < 40; i++) {
        const part = (): TextQuery => ({
          pattern: randomPattern(random),
          regex: true,
          caseSensitive: random.below(2) === 0,
          ...(random.below(10) === 0 ? { wholeWord: true } : {}),
        })
        const query: Query = {
          text: random.below(5) === 0 ? { pattern: random.pick(words) } : part(),
          ...(random.below(5) === 0 ? { include: [part()] } : {}),
          ...(random.below(5) === 0 ? { exclude: [part()] } : {}),
        }
        assert.deepEqual(await lines(aided, query), await lines(own, query), JSON.stringify(query))
      }
      assert.doesNotMatch(readFileSync(codes, 'utf8'), /2/)
    }
  })

  it('leaves lines to us that are very long and must be looked at again', async () => {
    const long = `${'y'.repeat(150_000)}xéb`
    writeFileSync(file, `xéb\n${long}\nxéb\nxb\n`)
    assert.deepEqual(await lines(await open(ripgrep), { text: { pattern: 'x[^x]b', regex: true } }), [0, 1, 2])
  })

  it('is asked, and goes on by itself with what is appended', async () => {
    const { program, log } = counting()
    writeFileSync(file, 'one hit\ntwo\nhi')
    const store = await open(program)
    const view = await store.view({ text: { pattern: 'hit' } })
    await until(view, () => view.complete)
    assert.equal(view.count, 1)
    appendFileSync(file, 't\nnothing\nlast hit\n')
    await until(view, () => view.count === 3)
    assert.deepEqual(
      (await view.rows(0, 3)).map(({ position }) => position),
      [0, 2, 4],
    )
    assert.equal(readFileSync(log, 'utf8'), 'started\n')
  })

  it('is done without where the program is missing, fails, ends early or talks nonsense', async () => {
    writeFileSync(file, 'a hit\n-\n'.repeat(5000))
    const expected = Array.from({ length: 5000 }, (_, i) => 2 * i)
    const cutting = `${ripgrep} "$@" | head -c 20001; exit 2`
    for (const script of [
      'exit 2',
      'kill -9 $$',
      'echo no; exit 2',
      cutting,
      `${ripgrep} "$@" | head -n 100; kill -9 $$`,
    ])
      assert.deepEqual(
        await lines(await open(counting(script).program), { text: { pattern: 'hit' } }),
        expected,
        script,
      )
    const missing = await open(path.join(folder.path, 'nowhere'))
    assert.deepEqual(await lines(missing, { text: { pattern: 'hit' } }), expected)
  })

  it('ends with its view and its store', async () => {
    writeFileSync(file, 'a hit\n'.repeat(5000))
    const pids = path.join(folder.path, 'pids')
    // It never ends by itself.
    const { program } = counting(`echo $$ >> ${pids}; exec tail -f /dev/null`)
    const store = await open(program)
    const [view] = [await store.view({ text: { pattern: 'hit' } }), await store.view({ text: { pattern: 'a' } })]
    const started = (): number[] =>
      existsSync(pids) ? readFileSync(pids, 'utf8').split('\n').slice(0, -1).map(Number) : []
    const watcher = watch(folder.path)
    while (started().length < 2) await new Promise((resolve) => watcher.once('change', resolve))
    watcher.close()
    const lives = (pid: number): boolean =>
      existsSync(`/proc/${String(pid)}/cmdline`) && readFileSync(`/proc/${String(pid)}/cmdline`).length > 0
    // A process has no command line for a moment while it becomes another program.
    while (!started().every(lives)) await new Promise(setImmediate)
    view.dispose()
    await store.close()
    assert.deepEqual(started().filter(lives), [])
  })

  it('is found where editors keep it', () => {
    for (const place of [
      'node_modules/@vscode/ripgrep/bin/rg',
      'node_modules.asar.unpacked/@vscode/ripgrep/bin/rg',
      `node_modules/@vscode/ripgrep-universal/bin/${process.platform}-${process.arch}/rg`,
    ]) {
      const root = path.join(folder.path, place.replace(/\W/g, '_'))
      const program = path.join(root, place)
      assert.equal(findRipgrep(root), undefined)
      mkdirSync(path.dirname(program), { recursive: true })
      writeFileSync(program, '')
      assert.equal(findRipgrep(root), program)
    }
  })
})
