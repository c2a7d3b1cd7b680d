import assert from 'node:assert/strict'
import { patternOf, PatternTable } from './linePattern'

describe('the pattern of a line', () => {
  const same = (lines: readonly string[], pattern: string): void => {
    for (const line of lines) assert.equal(patternOf(line), pattern, line)
  }

  it('has no numbers, times, ids or bars of its own', () => {
    same(
      ['step 1 of 20, loss=0.52', 'step  11 of 20, loss=-1.5e-07', '\x1b[32mstep 3\x1b[0m of 20, loss=+12,000.5'],
      'step # of #, loss=#',
    )
    same(
      ['2026-11-20T03:30:05.231Z INFO done', '2027-01-01T00:00:00.000Z INFO done', '2026-11-20T03:30:05Z INFO done'],
      '#T#Z INFO done',
    )
    same(['[03:30:05] worker3 ready', '[13:30:05] worker12 ready'], '[#] worker# ready')
    same(
      [
        'id 550e8400-e29b-41d4-a716-446655440000 gone',
        'id 6ba7b810-9dad-11d1-80b4-00c04fd430c8 gone',
        'id 0xdeadbeef01 gone',
      ],
      'id # gone',
    )
    same(['commit 3f2a91bc', 'commit 00aa11bb22cc'], 'commit #')
    same([' 45%|████▌     | 45/100', '100%|██████████|  100/100'], '#%|▒| #')
    same(['tests .....', 'tests ...', 'tests ............'], 'tests ...')
    same(['[#####     ] 50%', '[==>       ] 7%'], '[▒] #%')
  })

  it('leaves words alone', () => {
    assert.equal(patternOf('decade face added bead cafe'), 'decade face added bead cafe')
    assert.equal(patternOf('loss=nan'), 'loss=nan')
    assert.equal(patternOf(' \t '), '')
  })

  it('takes little time, whatever the line is', () => {
    for (const part of ['0', 'a-', '0a-', '-', '#', '[#', '\x1b[', '1.', '.1', ' 0x'])
      assert.ok(patternOf(part.repeat(1_000_000)).length <= 400)
  })
})

describe('the patterns of a run', () => {
  it('count their lines and know the first of them', () => {
    const table = new PatternTable()
    table.add('step 1', 4, undefined)
    table.add('step 2', 9, 'error')
    table.add('', 10, undefined)
    table.add('__proto__', 11, 'warn')
    assert.deepEqual(table.all(), [
      { pattern: 'step #', count: 2, seq: 4, sample: 'step 1' },
      { pattern: '__proto__', count: 1, seq: 11, sample: '__proto__', level: 'warn' },
    ])
    assert.equal(table.lines, 3)
  })

  it('are bounded, and count what is past the bound', () => {
    const table = new PatternTable()
    for (let i = 0; i < 6000; i++) {
      // A number is no pattern of its own: letters are.
      const word = String(i).replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)))
      table.add(`${word} ${'x'.repeat(10_000)}`, i, undefined)
    }
    assert.deepEqual([table.all().length, table.leftOut, table.lines], [5000, 1000, 6000])
    assert.ok(JSON.stringify(table.all()).length < 5000 * 800)
  })
})
