import assert from 'node:assert/strict'
import { fileIcon, isTrajectoryFile, placeOf } from './resultFiles'

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

  it('lie in a folder that is told as short as can be', () => {
    assert.deepEqual(placeOf('/work/out/a.json', '/work'), { name: 'a.json', folder: 'out' })
    assert.deepEqual(placeOf('/work/a.json', '/work'), { name: 'a.json', folder: '' })
    assert.deepEqual(placeOf('/workshop/a.json', '/work'), { name: 'a.json', folder: '/workshop' })
    assert.deepEqual(placeOf('/a.json', undefined), { name: 'a.json', folder: '/' })
    assert.deepEqual(placeOf('C:\\work\\out\\a.json', 'C:\\work'), { name: 'a.json', folder: 'out' })
    assert.deepEqual(placeOf('out/a.json', '/work'), { name: 'a.json', folder: 'out' })
  })

  it('are told in linear time', () => {
    const started = performance.now()
    isTrajectoryFile('trajectories/'.repeat(100_000))
    assert.ok(performance.now() - started < 500)
  })
})
