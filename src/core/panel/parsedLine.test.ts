import assert from 'node:assert/strict'
import { parsedOf } from './parsedLine'

describe('a line of output that is looked at', () => {
  it('tells what it says, without its colours', async () => {
    const text = '\u001b[33mlevel=warn ts=2026-11-20T03:30:05Z logger=db msg="slow query" took=12ms\u001b[0m'
    assert.deepEqual(await parsedOf({ text, stream: 'stdout' }), {
      format: 'logfmt',
      message: 'slow query',
      logged_at: Date.UTC(2026, 10, 20, 3, 30, 5),
      logger: 'db',
      fields: '{\n  "took": "12ms"\n}',
    })
  })

  it('says nothing of plain text, and of what was understood before', async () => {
    assert.equal(await parsedOf({ text: 'hello world' }), undefined)
    assert.equal(await parsedOf({ text: 'level=warn ts=2026-11-20T03:30:05Z msg=x', fields: {} }), undefined)
    assert.equal(await parsedOf({ text: 7 }), undefined)
  })
})
