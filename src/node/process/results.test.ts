import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { eventData, type EventDraft } from '../../shared/events/schema'
import { ResultCollector, type ResultOptions } from './results'

const HOUR_AGO = new Date(Date.now() - 3_600_000)

describe('the results of a launch', () => {
  let folder: string

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'tapedeck-results-')))
  })

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  const write = async (name: string, text = '', time?: Date): Promise<string> => {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
    if (time !== undefined) await utimes(file, time, time)
    return file
  }
  const collectorOf = (patterns: string[], more: Partial<ResultOptions> = {}): ResultCollector =>
    new ResultCollector({ patterns, cwd: folder, startedAt: Date.now(), ...more })
  /** What is collected when `during` happens while the launch runs. */
  const collected = async (
    patterns: string[],
    during: () => Promise<unknown>,
    more: Partial<ResultOptions> = {},
  ): Promise<EventDraft[]> => {
    const collector = collectorOf(patterns, more)
    await collector.begin()
    await during()
    const drafts = await collector.collect()
    for (const { phase, data } of drafts) eventData[phase].parse(data)
    return drafts
  }
  const paths = (drafts: readonly EventDraft[]): string[] =>
    drafts.flatMap((draft) => (draft.phase === 'result' ? [path.relative(folder, draft.data.path)] : []))
  const filesOf = (drafts: readonly EventDraft[]): string[] => paths(drafts.filter(({ data }) => !('raw' in data)))

  it('are the files that were made or changed, with size and time', async () => {
    await write('out/old.json', 'old', HOUR_AGO)
    await write('out/changed.json', 'old', HOUR_AGO)
    const drafts = await collected(['out/*.json'], async () => {
      await write('out/changed.json', 'new!')
      await write('out/made.json', '12345')
      await write('out/made.txt')
      await write('other/made.json')
    })
    assert.deepEqual(paths(drafts), ['out/changed.json', 'out/made.json'])
    const made = await stat(path.join(folder, 'out/made.json'))
    assert.deepEqual(drafts[1], {
      phase: 'result',
      data: { path: path.join(folder, 'out/made.json'), bytes: 5, modified_at: made.mtime.toISOString() },
    })
  })

  it('are seen though their time is older than the start', async () => {
    await write('a', '1', HOUR_AGO)
    await write('b', '1', HOUR_AGO)
    await write('elsewhere', '1', HOUR_AGO)
    const collector = collectorOf(['?'])
    await collector.begin()
    const earlier = new Date(HOUR_AGO.getTime() - 5000)
    await write('a', '22', HOUR_AGO)
    await write('b', '2', earlier)
    await rename(path.join(folder, 'elsewhere'), path.join(folder, 'c'))
    assert.deepEqual(paths(await collector.collect()), ['a', 'b', 'c'])
  })

  it('are not what was there at the start, whatever its time says', async () => {
    await write('future', '', new Date(Date.now() + 3_600_000))
    await write('just now')
    assert.deepEqual(paths(await collected(['*'], () => write('made'))), ['made'])
  })

  it('are files that another one took the place of, of the same size and time', async () => {
    await write('a', '1', HOUR_AGO)
    await write('.b', '2', HOUR_AGO)
    const during = () => rename(path.join(folder, '.b'), path.join(folder, 'a'))
    assert.deepEqual(paths(await collected(['*'], during)), ['a'])
  })

  it('are told by their time too where the first search took too long for a start to wait', async () => {
    await write('a', '1', HOUR_AGO)
    const drafts = await collected(['*'], () => write('b'), { beginMs: 0 })
    assert.deepEqual(paths(drafts), ['b'])
  })

  it('have whatever names', async () => {
    const names = ['n\nl.txt', 'sub/c\rr.txt', 'a\nb/in.txt', 'sub/\u2028/\u2029.txt']
    for (const pattern of ['**', '**/*.txt', folder]) {
      const drafts = await collected([pattern], async () => {
        for (const name of names) await write(name)
      })
      assert.deepEqual(new Set(paths(drafts)), new Set(names), pattern)
      for (const name of names) await rm(path.join(folder, name))
    }
  })

  it('are counted where their names are not UTF-8', async function () {
    if (process.platform !== 'linux') this.skip()
    const named = (name: string): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')])
    const drafts = await collected(['**/*.txt'], async () => {
      await writeFile(named('b\xffd.txt'), '')
      await mkdir(named('f\xff'))
      await writeFile(named('f\xff/in.txt'), '')
      await write('replaced\ufffd.txt')
    })
    assert.deepEqual(paths(drafts), ['replaced\ufffd.txt'])
    const why = 'result files and folders whose names are not UTF-8'
    assert.deepEqual(drafts.at(-1), { phase: 'dropped', data: { count: 2, why } })
  })

  it('are told by their time alone where nobody looked before', async () => {
    await write('old.json', '', HOUR_AGO)
    const collector = collectorOf(['*.json'])
    await write('new.json')
    assert.deepEqual(paths(await collector.collect()), ['new.json'])
  })

  it('are seen on a file system that keeps whole seconds', async () => {
    const startedAt = Date.parse('2026-11-20T03:30:05.731Z')
    const collector = collectorOf(['*'], { startedAt })
    await write('same-second', '', new Date('2026-11-20T03:30:05.000Z'))
    await write('second-before', '', new Date('2026-11-20T03:30:03.000Z'))
    await write('exact-before', '', new Date('2026-11-20T03:30:05.600Z'))
    assert.deepEqual(paths(await collector.collect()), ['same-second'])
  })

  it('name the folders of earlier runs', async () => {
    await write('results/run1/report.json', '{}', HOUR_AGO)
    await write('results/run1/trajectories/a.jsonl', '{}', HOUR_AGO)
    await write('results/run2/report.json', '{}', new Date(HOUR_AGO.getTime() + 60_000))
    await write('results/loose.json', '{}', HOUR_AGO)
    for (const pattern of ['results', 'results/', './results/**', path.join(folder, 'results/**'), '../*/results/**']) {
      const base = pattern.startsWith('..') ? path.join('..', path.basename(folder)) : '.'
      const drafts = await collected([pattern], () => write('results/run3/report.json', '{"loss":1}'))
      if (base === '.') {
        assert.deepEqual(paths(drafts), ['results/run3/report.json', 'results/run2', 'results/run1'], pattern)
        assert.equal(drafts[0]?.data['summary'], 'loss 1')
        assert.equal(drafts[2]?.data['summary'], 'folder with 2 files from before this run')
        assert.equal(drafts[2].data['bytes'], undefined)
      } else assert.equal(paths(drafts)[0], 'results/run3/report.json')
      await rm(path.join(folder, 'results/run3'), { recursive: true })
    }
  })

  it('are in the order that a person expects, each once', async () => {
    const drafts = await collected(['*.json', 'run*', `${folder}/**/*.json`], async () => {
      for (const name of ['run10.json', 'run2.json', 'run1.json']) await write(name)
    })
    assert.deepEqual(paths(drafts), ['run1.json', 'run2.json', 'run10.json'])
  })

  it('don’t go round in loops of links, and a link may be where they lie', async () => {
    await mkdir(path.join(folder, 'real'))
    await symlink('real', path.join(folder, 'out'))
    await symlink('..', path.join(folder, 'real/up'))
    await symlink('self', path.join(folder, 'real/self'))
    await symlink('nothing', path.join(folder, 'real/dangling.json'))
    for (const pattern of ['out', 'out/**', 'out/*.json']) {
      const drafts = await collected([pattern], () => write('real/a.json'))
      assert.deepEqual(
        drafts.filter(({ phase }) => phase !== 'result'),
        [],
      )
      assert.deepEqual(filesOf(drafts), ['out/a.json'], pattern)
    }
  })

  it('are found in folders with the characters of globs', async () => {
    await write('a [1]/x')
    const within = await collected([`${folder}/a [1]/*`], () => write('a [1]/y'))
    assert.deepEqual(paths(within), ['a [1]/y'])
    const cwd = path.join(folder, '[x] (1) {a,b} *')
    const drafts = await collected(
      ['*.json', 'a [1].txt', 'd (2)'],
      async () => {
        await write('[x] (1) {a,b} */r.json')
        await write('[x] (1) {a,b} */a [1].txt')
        await write('[x] (1) {a,b} */d (2)/x')
      },
      { cwd },
    )
    assert.deepEqual(
      drafts.map(({ data }) => path.relative(cwd, String(data['path']))),
      ['a [1].txt', 'd (2)/x', 'r.json'],
    )
  })

  it('are never files of the log directory', async () => {
    const ignore = [path.join(folder, 'logs')]
    const drafts = await collected(
      ['**/*.json'],
      async () => {
        await write('logs/runs/x.json')
        await write('logs2/x.json')
        await write('node_modules/a/package.json')
      },
      { ignore },
    )
    assert.deepEqual(paths(drafts), ['logs2/x.json'])
  })

  it('keep to their bound and say what is missing', async () => {
    const drafts = await collected(
      ['*'],
      async () => {
        for (let i = 0; i < 30; i++) await write(`f${String(i)}`, '', new Date(Date.now() + i * 1000))
      },
      { maxFiles: 10 },
    )
    assert.deepEqual(
      filesOf(drafts),
      Array.from({ length: 10 }, (_, i) => `f${String(20 + i)}`),
    )
    assert.deepEqual(drafts.at(-1), {
      phase: 'dropped',
      data: { count: 20, why: 'older result files: a run lists the newest only' },
    })
  })

  it('are none where nothing can be found, and nothing is thrown', async () => {
    const nothing = ['', 'nowhere/**', '/no/such/folder/*', '[', '{a', '**/\0', '!*', '(', 'x'.repeat(5000)]
    for (const pattern of nothing) {
      const drafts = await collected([pattern], () => write('made'))
      assert.deepEqual(paths(drafts), [], JSON.stringify(pattern))
      for (const draft of drafts) assert.equal(draft.phase, 'error')
    }
    assert.deepEqual(await collected(['*'], () => Promise.resolve(), { cwd: '/no/such/folder' }), [])
    assert.deepEqual(await collected([], () => write('a')), [])
  })

  it('say so when looking takes too long', async () => {
    const drafts = await collected(['**/*.nothing'], () => Promise.resolve(), { cwd: '/', searchMs: 1 })
    assert.match(String(drafts.at(-1)?.data['message']), /took too long/)
  })

  it('survive files that can’t be read and times that are none', async () => {
    const drafts = await collected(['*'], async () => {
      await write('report.json', '{"loss":')
      await write('far', '', new Date(8.64e15))
      await mkdir(path.join(folder, 'summary.json'))
    })
    assert.deepEqual(filesOf(drafts), process.platform === 'linux' ? ['far', 'report.json'] : filesOf(drafts))
    assert.ok(drafts.every(({ data }) => data['summary'] === undefined))
  })
})
