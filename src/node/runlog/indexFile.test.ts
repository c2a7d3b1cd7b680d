import assert from 'node:assert/strict'
import { newSeed, randomFrom } from '../../../test/fakes/random'
import { BlockIndex, type Block } from './blockIndex'
import { blockLine, IndexReader, parseBlockLine } from './indexFile'

const seed = newSeed()

/** What an index holds, as blocks. */
function blocksOf(index: BlockIndex): Block[] {
  return Array.from({ length: index.length }, (_, i) => {
    const counts: Record<string, number> = {}
    index.eachKey(i, (key, count) => (counts[key] = count))
    const { offset, end, position, time } = index.at(i) ?? { offset: 0, end: 0, position: 0, time: 0 }
    return { offset, end, position, time, counts }
  })
}

describe('the file of a block index', () => {
  const random = randomFrom(seed)
  const below = (bound: number): number => Math.floor(random() * bound)

  it(`is read as it was written, and as JSON says where it was written otherwise, seed ${String(seed)}`, () => {
    const keys = ['log_line', 'log_line:error', 'metric', 'a "quoted" one', 'ünïcode', '__proto__', 'x'.repeat(300)]
    for (let round = 0; round < 50; round++) {
      const [byReader, byJson] = [new BlockIndex(), new BlockIndex()]
      let text = ''
      let [offset, position] = [below(1000), 0]
      for (let i = 0; i < 40; i++) {
        const chosen = keys.filter(() => random() < 0.4)
        const counts = Object.fromEntries(chosen.map((key) => [key, 1 + below(1e6)]))
        const end = offset + 1 + below(1e12)
        const time = random() < 0.1 ? Number.NaN : random() < 0.1 ? -below(1e12) : below(2e12)
        const line = blockLine({ offset, end, position, time, counts })
        text += random() < 0.1 ? line.replaceAll(',"', ', "') : line
        const block = parseBlockLine(line)
        assert.ok(block !== undefined)
        byJson.push(block)
        offset = end
        position = byJson.count
      }
      const reader = new IndexReader(Buffer.from(text), byReader)
      while (reader.next()) {
        assert.equal(reader.position, byReader.count)
        reader.take()
      }
      assert.equal(reader.at, Buffer.byteLength(text))
      assert.deepEqual(blocksOf(byReader), blocksOf(byJson))
      assert.deepEqual(byReader.countsByKey(), byJson.countsByKey())
      assert.equal(byReader.count, byJson.count)
    }
  })

  it('takes no block that no log can have', () => {
    const block = { offset: 10, end: 20, position: 0, time: 5, counts: { metric: 3 } }
    const line = blockLine(block)
    const lies = [
      blockLine({ ...block, end: 10 }),
      blockLine({ ...block, end: 3 }),
      blockLine({ ...block, counts: { metric: 11 } }),
      blockLine({ ...block, counts: { metric: 6, error: 6 } }),
      blockLine({ ...block, counts: { metric: 2 ** 60 } }),
      blockLine({ ...block, time: 1e17 }),
      line.replace('3', '9'.repeat(400)),
      line.replace('3', '"3"'),
      line.replace('3', '-3'),
      line.replace('3', '0.5'),
      line.replace('{"metric":3}', 'null'),
      line.replace('"time":5', '"time":"5"'),
    ]
    for (const lie of lies) {
      for (const text of [lie, lie.replaceAll(',"', ', "')]) {
        const reader = new IndexReader(Buffer.from(text), new BlockIndex())
        assert.ok(reader.next())
        assert.ok(Number.isNaN(reader.offset), text)
      }
    }
  })

  it('looks no further than it takes for one of very many keys', () => {
    const counts = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`phase ${String(i)}`, 1]))
    const blocks = [0, 1].map((i) => ({ offset: i * 1e6, end: (i + 1) * 1e6, position: i * 60_000, time: i, counts }))
    const index = new BlockIndex()
    const reader = new IndexReader(Buffer.from(blocks.map(blockLine).join('')), index)
    while (reader.next()) reader.take()
    assert.equal(index.count, 120_000)
    assert.deepEqual(blocksOf(index)[1], blocks[1])
  })

  it('has nothing of a line without an end, and says where the damaged ones are', () => {
    const line = blockLine({ offset: 10, end: 20, position: 0, time: 5, counts: { metric: 3 } })
    for (let cut = 0; cut < line.length; cut++) {
      const reader = new IndexReader(Buffer.from(line.slice(0, cut)), new BlockIndex())
      assert.equal(reader.next(), false)
      assert.equal(reader.at, 0)
    }
    for (const damaged of [
      '\n',
      '{}\n',
      'x'.repeat(50) + '\n',
      line.replace('3', '-'),
      line.replace('}}', '}'),
      line.replace('10', '1e999'),
    ]) {
      const index = new BlockIndex()
      const reader = new IndexReader(Buffer.from(damaged + line), index)
      assert.ok(reader.next())
      assert.ok(Number.isNaN(reader.offset), damaged)
      assert.ok(reader.next())
      reader.take()
      assert.deepEqual(blocksOf(index), [parseBlockLine(line)])
    }
  })
})
