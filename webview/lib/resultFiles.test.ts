import assert from 'node:assert/strict'
import { fileIcon, isTrajectoryFile } from './resultFiles'

describe('result files', () => {
  it('are trajectories in a folder of that name', () => {
    for (const path of ['trajectories/a.jsonl', 'out/run 1/trajectories/step_3/x.jsonl', 'out\\trajectories\\b.JSONL'])
      assert.ok(isTrajectoryFile(path), path)
    for (const path of ['a.jsonl', 'trajectories.jsonl', 'trajectories/a.json', 'mytrajectories/a.jsonl'])
      assert.ok(!isTrajectoryFile(path), path)
  })

  it('have an icon, whatever they are called', () => {
    assert.equal(fileIcon('a/plot.PNG'), 'file-media')
    assert.equal(fileIcon('a.json'), 'json')
    assert.equal(fileIcon('Makefile'), 'file')
    assert.equal(fileIcon(''), 'file')
  })

  it('are told in linear time', () => {
    const started = performance.now()
    isTrajectoryFile('trajectories/'.repeat(100_000))
    assert.ok(performance.now() - started < 500)
  })
})
