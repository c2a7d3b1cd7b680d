import assert from 'node:assert/strict'
import { readLaunches } from './readLaunches'

const good = { name: 'train', command: 'python', args: ['train.py'] }

describe('the setting tapedeck.launches', () => {
  it('keeps the good entries and names the bad ones by place, name and key', () => {
    const { launches, problems } = readLaunches([
      good,
      { name: 'empty', command: '' },
      { name: 'late', command: 'x', stopTimeoutMs: -1 },
      { command: 'x' },
      { name: 'typo', command: 'x', comand: 'y' },
      { name: 'args', command: 'x', args: ['a', 7] },
      { name: 'env', command: 'x', env: { A: 1 } },
      { name: 'sig', command: 'x', stopSignal: 'SIGKILL' },
      7,
      { name: 'last', command: 'make', env: { A: null }, before: 'save all' },
    ])
    assert.deepEqual(
      launches.map(({ name }) => name),
      ['train', 'last'],
    )
    const expected = [
      /^tapedeck\.launches\[1\] \(empty\): "command" is ""; "command" should be a program/,
      /^tapedeck\.launches\[2\] \(late\): "stopTimeoutMs" is -1; "stopTimeoutMs" should be a whole number of milliseconds/,
      /^tapedeck\.launches\[3\]: "name" is missing; "name" should be a text/,
      /^tapedeck\.launches\[4\] \(typo\): "comand" is no key of a launch; known are name, command/,
      /^tapedeck\.launches\[5\] \(args\): "args\.1" is 7; "args" should be a list of texts/,
      /^tapedeck\.launches\[6\] \(env\): "env\.A" is 1; "env" should be variables/,
      /^tapedeck\.launches\[7\] \(sig\): "stopSignal" is "SIGKILL"; "stopSignal" should be one of SIGINT/,
      /^tapedeck\.launches\[8\]: it is 7, but should be an object with "name" and "command"/,
    ]
    assert.equal(problems.length, expected.length)
    for (const [i, pattern] of expected.entries()) assert.match(problems[i] ?? '', pattern)
  })

  it('takes a command of blanks for an empty one', () => {
    assert.match(readLaunches([{ name: 'a', command: '  ' }]).problems[0] ?? '', /"command" is empty/)
  })

  it('says that a name is there twice, and keeps the first', () => {
    const { launches, problems } = readLaunches([good, { ...good, command: 'other' }])
    assert.equal(launches[0]?.command, 'python')
    assert.match(problems[0] ?? '', /^tapedeck\.launches\[1\] \(train\) has the name of an entry before it/)
  })

  it('has nothing to say of a setting that is not set, and names one that is no list', () => {
    assert.deepEqual(readLaunches(undefined), { launches: [], problems: [] })
    assert.match(readLaunches({ a: 1 }).problems[0] ?? '', /^tapedeck\.launches is \{"a":1\}, but should be a list/)
  })

  it('cuts what it shows of a huge value', () => {
    const [problem = ''] = readLaunches([{ name: 'x', command: { a: 'x'.repeat(1e6) } }]).problems
    assert.ok(problem.length < 500)
  })
})
