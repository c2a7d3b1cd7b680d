import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { UserError } from '../../shared/userError'
import { listTrajectories, readTrajectory } from './trajectoryFile'

const rewarded = (reward: number): string => JSON.stringify({ messages: [{ role: 'user', content: 'x' }], reward })

describe('a file of trajectories', () => {
  const folder = temporaryFolder()
  const write = (content: string): string => {
    const file = path.join(folder.path, 'a.jsonl')
    writeFileSync(file, content)
    return file
  }

  it('is listed by reward, then in its order, those without one last', async () => {
    const lines = [rewarded(0.5), '', '{"messages":[]}', `${rewarded(1)}\r`, rewarded(-2), rewarded(1), 'nonsense']
    const { trajectories, total } = await listTrajectories(write(lines.join('\n')))
    assert.equal(total, 6)
    assert.deepEqual(
      trajectories.map(({ line, reward }) => [line, reward]),
      [
        [3, 1],
        [5, 1],
        [0, 0.5],
        [4, -2],
        [2, undefined],
        [6, undefined],
      ],
    )
    assert.notEqual(trajectories[5]?.problem, undefined)
  })

  it('is cut into lines wherever its chunks end', async () => {
    const texts = Array.from({ length: 400 }, (_, i) => `${String(i)} ${'é漢😀'.repeat(1 + ((i * 37) % 400))}`)
    const file = write(texts.map((content) => JSON.stringify({ messages: [{ role: 'user', content }] })).join('\n'))
    for (const line of [0, 1, 199, 398, 399])
      assert.equal((await readTrajectory(file, line)).turns[0]?.text, texts[line])
    assert.equal((await listTrajectories(file)).total, 400)
    await assert.rejects(readTrajectory(file, 400), /has no line 401 any more/)
  })

  it('says which line is too long, and reads on', async () => {
    const file = write(`${rewarded(1)}\n${'x'.repeat(9 * 1024 * 1024)}\n${rewarded(2)}\n`)
    const { trajectories, total } = await listTrajectories(file)
    assert.equal(total, 3)
    assert.deepEqual(
      trajectories.map(({ line }) => line),
      [2, 0, 1],
    )
    assert.match(trajectories[2]?.problem ?? '', /This line has 9.* MB; at most 8/)
    assert.match((await readTrajectory(file, 1)).problem ?? '', /at most/)
    assert.equal((await readTrajectory(file, 2)).reward, 2)
  })

  it('that can not be read is told', async () => {
    await assert.rejects(listTrajectories(path.join(folder.path, 'gone')), UserError)
    await assert.rejects(listTrajectories(folder.path), /is no file/)
  })

  it('lets others run while it is read', async () => {
    const file = write(`${rewarded(1)}\n`.repeat(200_000))
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const { total, trajectories } = await listTrajectories(file)
    clearInterval(timer)
    assert.equal(total, 200_000)
    assert.equal(trajectories.length, 10_000)
    assert.ok(turns > 5, String(turns))
  })
})
