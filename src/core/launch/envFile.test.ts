import assert from 'node:assert/strict'
import { parseEnvFile } from './envFile'

const values = (text: string) => parseEnvFile(text).values

describe('an environment file', () => {
  it('reads keys and values, quotes, export and comments', () => {
    const text = [
      '\uFEFF# a comment',
      'A=1',
      'export B = two words # comment',
      "C='single $X \\n # kept'",
      'D="double \\"quoted\\"\\n\\ttab \\$5" # comment',
      'E=',
      'F=a#b',
      'G=#nothing',
      'H="over',
      'two lines"',
      '  I  =  x  ',
      'A=2',
      'URL=postgres://u:p@h/db?a=b',
    ].join('\r\n')
    assert.deepEqual(parseEnvFile(text), {
      values: {
        A: '2',
        B: 'two words',
        C: 'single $X \\n # kept',
        D: 'double "quoted"\n\ttab $5',
        E: '',
        F: 'a#b',
        G: '',
        H: 'over\ntwo lines',
        I: 'x',
        URL: 'postgres://u:p@h/db?a=b',
      },
      badLines: [],
    })
  })

  it('names the lines that are none, and reads on', () => {
    assert.deepEqual(parseEnvFile('A=1\nnonsense\n=x\n1X=2\nB="open\nC=3\nD="x" y\nE=5'), {
      values: { A: '1', C: '3', E: '5' },
      badLines: [2, 3, 4, 5, 7],
    })
  })

  it('is not led astray by names of objects', () => {
    const read = values('__proto__=x\nconstructor=y')
    assert.equal(Object.getPrototypeOf(read), Object.prototype)
    assert.equal(read['constructor'], 'y')
  })

  it('takes linear time over hostile text', () => {
    const started = performance.now()
    parseEnvFile('A="'.repeat(300_000))
    parseEnvFile('A="\n'.repeat(3000))
    parseEnvFile(`A=${' '.repeat(1_000_000)}x`)
    parseEnvFile('\t'.repeat(1_000_000))
    assert.ok(performance.now() - started < 5000)
  })
})
