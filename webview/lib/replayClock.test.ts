import assert from 'node:assert/strict'
import { PlayingTime, ReplayClock, SKIPPED_MS } from './replayClock'

const close = (a: number, b: number, hint = '') => {
  assert.ok(Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(b)), `${String(a)} is not ${String(b)} ${hint}`)
}

describe('playing time', () => {
  it('is the time of the run where nothing is skipped', () => {
    const course = new PlayingTime(1000, 5000, [])
    assert.equal(course.length, 4000)
    assert.equal(course.skipped, 0)
    for (const time of [1000, 1001, 4999, 5000]) {
      assert.equal(course.playingOf(time), time - 1000)
      assert.equal(course.timeOf(time - 1000), time)
    }
    assert.equal(course.playingOf(-1), 0)
    assert.equal(course.timeOf(1e9), 5000)
  })

  it('passes a gap in two seconds, evenly', () => {
    const course = new PlayingTime(0, 100_000, [[10_000, 70_000]])
    assert.equal(course.length, 42_000)
    assert.equal(course.skipped, 58_000)
    assert.equal(course.timeOf(10_000), 10_000)
    assert.equal(course.timeOf(11_000), 40_000)
    assert.equal(course.timeOf(12_000), 70_000)
    assert.equal(course.timeOf(12_001), 70_001)
    assert.equal(course.playingOf(40_000), 11_000)
    assert.equal(course.playingOf(70_000), 12_000)
  })

  it('knows gaps at both ends, gaps that touch, and a run of one moment', () => {
    const course = new PlayingTime(0, 30_000, [
      [0, 10_000],
      [10_000, 20_000],
      [20_000, 30_000],
    ])
    assert.equal(course.length, 3 * SKIPPED_MS)
    assert.equal(course.timeOf(2000), 10_000)
    assert.equal(course.timeOf(3000), 15_000)
    assert.equal(course.timeOf(6000), 30_000)
    const moment = new PlayingTime(7, 7, [])
    assert.equal(moment.timeOf(50), 7)
    assert.equal(moment.length, 0)
  })

  it('goes there and back over many gaps, ever forwards', () => {
    const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)
    let state = seed
    const random = (most: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return 1 + (state % most)
    }
    const gaps: [number, number][] = []
    let at = 0
    for (let i = 0; i < 2000; i++) {
      const from = at + random(5000)
      at = from + random(30_000)
      gaps.push([from, at])
    }
    const course = new PlayingTime(0, at, gaps)
    let before = -1
    for (let i = 0; i <= 5000; i++) {
      const time = (at * i) / 5000
      const playing = course.playingOf(time)
      assert.ok(playing > before, `TAPEDECK_SEED=${String(seed)}`)
      close(course.timeOf(playing), time, `TAPEDECK_SEED=${String(seed)}`)
      before = playing
    }
    close(course.length + course.skipped, at)
  })
})

describe('clock of a replay', () => {
  const clockOf = (idle: [number, number][] = []) => new ReplayClock(new PlayingTime(0, 100_000, idle))

  it('stands until it plays, and goes on with the speed that it has then', () => {
    const clock = clockOf()
    assert.equal(clock.timeAt(500), 0)
    clock.play(1000)
    assert.equal(clock.timeAt(1500), 500)
    clock.setSpeed(10, 2000)
    assert.equal(clock.timeAt(2000), 1000)
    assert.equal(clock.timeAt(3000), 11_000)
    clock.setSpeed(0.25, 3000)
    assert.equal(clock.timeAt(7000), 12_000)
    clock.pause(7000)
    assert.equal(clock.timeAt(90_000), 12_000)
    assert.equal(clock.isPlaying, false)
  })

  it('seeks forwards and backwards, playing or not, and never leaves the run', () => {
    const clock = clockOf()
    clock.seek(50_000, 0)
    assert.equal(clock.timeAt(10), 50_000)
    clock.play(10)
    clock.seek(20_000, 1000)
    assert.equal(clock.timeAt(2000), 21_000)
    clock.seek(-5, 2000)
    assert.equal(clock.timeAt(2000), 0)
    clock.seek(1e12, 2000)
    assert.equal(clock.isAtEnd(2000), true)
    assert.equal(clock.timeAt(5000), 100_000)
  })

  it('keeps its moment when gaps begin to be skipped, and when the run grows', () => {
    const clock = clockOf()
    clock.play(0)
    clock.setCourse(new PlayingTime(0, 100_000, [[10_000, 70_000]]), 40_000)
    assert.equal(clock.timeAt(40_000), 40_000)
    assert.equal(clock.timeAt(41_000), 70_000)
    clock.setCourse(new PlayingTime(0, 200_000, [[10_000, 70_000]]), 41_000)
    assert.equal(clock.timeAt(41_000), 70_000)
    assert.equal(clock.isAtEnd(80_000), false)
  })

  it('does not go back when the real time does', () => {
    const clock = clockOf()
    clock.play(1000)
    assert.equal(clock.timeAt(900), 0)
  })
})
