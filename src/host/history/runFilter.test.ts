import assert from 'node:assert/strict'
import type { ListedRun } from '../../node/runlog/history'
import { testHead } from '../../../test/fakes/logs'
import { filterText, isFiltering, matcherOf, noFilter, runFilterSchema, sorted } from './runFilter'
import { groupRuns } from './runGroups'

const now = new Date(2026, 10, 21, 12, 0)

function run(values: Partial<ListedRun> & { daysAgo?: number; title?: string }): ListedRun {
  const { daysAgo = 0, title = 'a run', ...rest } = values
  const started = new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo, 9, 0)
  const capture_id = `${started.toISOString().slice(0, 19).replaceAll(':', '-')}Z-abc${String(daysAgo).padStart(3, '0')}`
  return {
    capture_id,
    path: `/runs/${capture_id}.json`,
    state: 'completed',
    head: testHead({ capture_id, title, started_at: started.toISOString() }),
    ...rest,
  }
}

const pinned = { notes: { format: 'tapedeck-notes/1' as const, pinned: true, tags: ['kept', 'paper'] } }

describe('the filter of the Runs view', () => {
  const failed = run({ state: 'failed', title: 'Train ResNet' })
  const tagged = run({ ...pinned, daysAgo: 2, title: 'chat about bees' })
  const damaged: ListedRun = {
    capture_id: '2026-11-20T03-30-05Z-abc123',
    path: '/x',
    state: 'damaged',
    problem: 'no log',
  }
  const all = [failed, tagged, damaged]
  const shown = (filter: object): readonly ListedRun[] => all.filter(matcherOf(runFilterSchema.parse(filter)))

  it('shows what has one of the states, one of the kinds, all tags and all words', () => {
    assert.deepEqual(shown({}), all)
    assert.deepEqual(shown({ states: ['failed', 'damaged'] }), [failed, damaged])
    assert.deepEqual(shown({ kinds: ['capture'] }), [failed, tagged])
    assert.deepEqual(shown({ kinds: ['launch'] }), [])
    assert.deepEqual(shown({ tags: ['kept', 'paper'] }), [tagged])
    assert.deepEqual(shown({ tags: ['kept', 'other'] }), [])
    assert.deepEqual(shown({ text: ' resnet  TRAIN ' }), [failed])
    assert.deepEqual(shown({ text: 'paper' }), [tagged])
    assert.deepEqual(shown({ text: 'abc123' }), [damaged])
    assert.deepEqual(shown({ text: 'bees', states: ['failed'] }), [])
  })

  it('says what it shows, and when it hides nothing', () => {
    assert.ok(!isFiltering(noFilter))
    assert.ok(!isFiltering({ ...noFilter, text: '  ' }))
    assert.ok(isFiltering({ ...noFilter, tags: ['a'] }))
    const filter = { states: ['failed' as const, 'aborted' as const], kinds: [], tags: ['paper'], text: 'x ' }
    assert.equal(filterText(filter), 'failed or aborted, #paper, "x"')
  })

  it('refuses what is no filter', () => {
    for (const bad of [7, { states: ['gone'] }, { text: 7 }, { state: 'failed' }, { kinds: ['__proto__'] }])
      assert.ok(!runFilterSchema.safeParse(bad).success, JSON.stringify(bad))
  })

  it('searches titles that look like expressions as they are', () => {
    const odd = run({ title: 'a (b] \\ $(x' })
    assert.ok(matcherOf({ ...noFilter, text: '(b] \\ $(x' })(odd))
    assert.ok(!matcherOf({ ...noFilter, text: '.*' })(odd))
  })
})

describe('the groups of the Runs view', () => {
  const labels = (runs: readonly ListedRun[]): string[] => groupRuns(runs, 'newest', now).map(({ label }) => label)

  it('are pinned ones, active ones, then days, each run once', () => {
    const runs = [
      run({ state: 'running' }),
      run({}),
      run({ daysAgo: 1 }),
      run({ ...pinned, daysAgo: 2 }),
      run({ daysAgo: 400 }),
    ]
    const groups = groupRuns(runs, 'newest', now)
    assert.deepEqual(labels(runs).slice(0, 4), ['Pinned', 'Active', 'Today', 'Yesterday'])
    assert.equal(groups.flatMap((group) => group.runs).length, runs.length)
    assert.match(groups.at(-1)?.label ?? '', /2025/)
    assert.deepEqual(labels([]), [])
  })

  it('that are far back are collapsed, but for the newest of an old history', () => {
    const runs = Array.from({ length: 30 }, (_, day) => run({ daysAgo: day }))
    const collapsed = groupRuns(runs, 'newest', now).map(({ isCollapsed }) => isCollapsed)
    assert.deepEqual(collapsed.slice(0, 7), Array<boolean>(7).fill(false))
    assert.ok(collapsed.slice(8).every(Boolean))
    const old = groupRuns(runs.slice(20), 'newest', now).map(({ isCollapsed }) => isCollapsed)
    assert.deepEqual(old.slice(0, 4), [false, false, false, true])
  })

  it('keep their name for us from day to day', () => {
    const [today] = groupRuns([run({})], 'newest', now)
    const [yesterday] = groupRuns([run({})], 'newest', new Date(now.getTime() + 86_400_000))
    assert.equal(today?.id, yesterday?.id)
    assert.equal(yesterday?.label, 'Yesterday')
  })

  it('are one where days say nothing, in the order that was asked for', () => {
    const runs = [
      run({ title: 'run 10', bytes: 5, metadata: { ...metadata(), duration_ms: 9 } }),
      run({ daysAgo: 1, title: 'run 9', bytes: 7, metadata: { ...metadata(), duration_ms: 3 } }),
      run({ daysAgo: 2, title: 'Run 1', bytes: 6, metadata: { ...metadata(), duration_ms: 6 } }),
    ]
    const [a, b, c] = runs
    assert.deepEqual(sorted(runs, 'oldest'), [c, b, a])
    assert.deepEqual(
      groupRuns(runs, 'longest', now).map((group) => group.runs),
      [[a, c, b]],
    )
    assert.deepEqual(
      groupRuns(runs, 'largest', now).map((group) => group.runs),
      [[b, c, a]],
    )
    assert.deepEqual(
      groupRuns(runs, 'name', now).map((group) => group.runs),
      [[c, b, a]],
    )
    assert.deepEqual(
      groupRuns(runs, 'oldest', now)
        .map(({ label }) => label)
        .at(-1),
      'Today',
    )
  })
})

function metadata(): NonNullable<ListedRun['metadata']> {
  const counts = { event_count: 0, phase_counts: {}, level_counts: {}, dropped: 0, redacted: {} }
  return { ...testHead(), status: 'completed', ...counts }
}
