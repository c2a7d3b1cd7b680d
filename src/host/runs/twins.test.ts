import assert from 'node:assert/strict'
import { exactnessIn, idLetters } from './twins'

describe('runs of one title', () => {
  const run = (capture_id: string, title: string) => ({
    capture_id,
    path: `/${capture_id}.json`,
    notes: { format: 'tapedeck-notes/1' as const, title },
  })

  it('are told as exactly as it takes to tell them apart, and others by the minute', () => {
    const runs = [
      run('2026-11-20T03-30-05Z-aaaaaa', 'Train'),
      run('2026-11-20T03-30-06Z-bbbbbb', 'Train'),
      run('2026-11-20T03-30-06Z-cccccc', 'Train'),
      run('2026-11-20T03-30-05Z-dddddd', 'Test'),
      run('2026-11-20T03-31-05Z-eeeeee', 'Train'),
    ]
    const exactness = exactnessIn(runs)
    assert.deepEqual(runs.map(exactness), ['seconds', 'id', 'id', 'minutes', 'minutes'])
    assert.deepEqual(
      runs.flatMap((one) => idLetters(one, exactness(one))),
      ['bbbbbb', 'cccccc'],
    )
    // Copies of one run in two folders: nothing but their places differs.
    assert.deepEqual(idLetters({ capture_id: 'x-aaaaaa' }, 'minutes'), [])
  })
})
