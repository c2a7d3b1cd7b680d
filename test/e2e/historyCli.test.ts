import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { changeNotes } from '../../src/node/runlog/notes'
import { writePastRun } from '../fakes/history'

declare const __PROJECT_ROOT__: string
const DAY = 86_400_000

describe('the history on the command line', () => {
  let home: string
  let directory: string
  let old: string
  let fresh: string

  const tapedeck = (
    ...args: readonly string[]
  ): { code: number | null; out: string; err: string; lines: unknown[] } => {
    const cli = path.join(__PROJECT_ROOT__, 'dist', 'cli.js')
    const env = { ...process.env, XDG_STATE_HOME: path.join(home, 'state') }
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args, '--dir', directory], {
      encoding: 'utf8',
      env,
    })
    const lines = args.includes('--json')
      ? stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as unknown)
      : []
    return { code: status, out: stdout, err: stderr, lines }
  }
  const logOf = (id: string): string => path.join(directory, 'runs', `${id}.json`)

  before(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-home-'))
    directory = path.join(home, '.tapedeck')
    const now = Date.now()
    old = writePastRun(directory, { startedMs: now - 30 * DAY, title: 'old', lines: ['a needle', 'b', 'NEEDLE'] })
    fresh = writePastRun(directory, { startedMs: now - DAY, title: 'fresh', lines: ['needle\u001b[31m red'] })
    const markers = [{ seq: 0, time: now - DAY, name: 'the turn' }]
    await changeNotes(logOf(fresh), (notes) => ({ ...notes, title: 'my own', tags: ['paper'], markers }))
  })
  after(() => rm(home, { recursive: true, force: true }))

  it('lists and shows runs by their own titles and tags', () => {
    assert.match(tapedeck('ls').out, new RegExp(`${fresh} .* my own #paper`))
    const [first] = tapedeck('ls', '--json').lines as { title: string; tags: string[]; bytes: number }[]
    assert.equal(first?.title, 'my own')
    assert.deepEqual(first.tags, ['paper'])
    assert.ok(first.bytes > 100)
    const told = tapedeck('show', fresh).out
    for (const line of [/^title +my own \(recorded as fresh\)$/m, /^tags +#paper$/m, /^marker +2[-0-9: ]+ +the turn$/m])
      assert.match(told, line)
    assert.match(told, /^started +2[-0-9]{9} [0-9:]{8}$/m)
    assert.deepEqual(
      (tapedeck('show', fresh, '--json').lines as { markers: { name: string }[] }[])[0]?.markers.length,
      1,
    )
  })

  it('searches all runs, the newest first', () => {
    const found = tapedeck('search', 'needle', '--json').lines as { capture_id: string; seq: number; text: string }[]
    assert.deepEqual(
      found.map(({ capture_id, seq }) => [capture_id, seq]),
      [
        [fresh, 0],
        [old, 0],
        [old, 2],
      ],
    )
    assert.equal(found[0]?.text, 'needle red')
    // Each run with its time and title, its hits below it.
    assert.equal(tapedeck('search', 'needle', '--case').out.trim().split('\n').length, 4)
    assert.match(tapedeck('search', 'paper').out, new RegExp(`^${fresh}  2[-0-9]{9} [0-9:]{8}  my own\n +- +paper\n$`))
    assert.equal(tapedeck('search', '^b$', '--regex', '--json').lines.length, 1)
    const none = tapedeck('search', 'not there')
    assert.deepEqual([none.code, none.out], [0, ''])
    assert.match(none.err, /nothing was found in 2 runs/)
    assert.match(tapedeck('search', 'needle', '--max', '1').err, /--max 1 was reached/)
    for (const bad of [['search', '(', '--regex'], ['search', ''], ['search'], ['search', 'x', '--max', '0']])
      assert.equal(tapedeck(...bad).code, 2, bad.join(' '))
  })

  it('removes old runs within bounds, and only tells them first', () => {
    assert.equal(tapedeck('prune').out, '')
    const dry = tapedeck('prune', '--dry-run', '--max-age-days', '7')
    assert.match(dry.out, new RegExp(`would delete ${old} .* older than 7 days +old`))
    assert.ok(existsSync(logOf(old)))
    assert.equal(tapedeck('prune', '--max-runs', '-1').code, 2)
    const [done] = tapedeck('prune', '--max-age-days', '7', '--json').lines as object[]
    assert.deepEqual(
      { ...done, bytes: 0 },
      {
        capture_id: old,
        title: 'old',
        bytes: 0,
        reason: 'age',
        why: 'older than 7 days',
        deleted: true,
      },
    )
    assert.ok(!existsSync(logOf(old)) && existsSync(logOf(fresh)))
  })
})
