import assert from 'node:assert/strict'
import { timeLabels } from './timeAxis'

const START = Date.UTC(2026, 10, 20, 23, 30, 5, 231)
const texts = (span: number, room: number) =>
  timeLabels({ from: START, to: START + span }, room, 'utc').map(({ text }) => text)

describe('labels of an axis of time', () => {
  it('stand where a clock has marks, and as few as there is room for', () => {
    assert.deepEqual(texts(60_000, 4), ['23:30:15', '23:30:30', '23:30:45', '23:31:00'])
    assert.deepEqual(texts(20 * 60_000, 4), ['23:35', '23:40', '23:45', '23:50'])
    assert.deepEqual(texts(8, 4), ['23:30:05.232', '23:30:05.234', '23:30:05.236', '23:30:05.238'])
  })

  it('tell the day where one begins', () => {
    assert.deepEqual(texts(4 * 3_600_000, 5), ['2026-11-21', '01:00', '02:00', '03:00'])
    assert.deepEqual(texts(40 * 86_400_000, 3), ['2026-12-03', '2026-12-17'])
  })

  it('are never more than asked for, whatever the stretch is', () => {
    for (let span = 1; span < 1e14; span *= 1.7)
      for (const room of [1, 3, 12]) {
        const labels = timeLabels({ from: START, to: START + span }, room, 'local')
        assert.ok(labels.length <= room + 1, `${String(span)} ${String(room)} ${String(labels.length)}`)
        assert.ok(labels.every(({ time }) => time >= START && time <= START + span))
      }
  })
})
