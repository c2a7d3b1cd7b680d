import assert from 'node:assert/strict'
import { summarizeReport } from './reportSummary'

describe('the summary of a report', () => {
  it('names the report and its numbers', () => {
    const report = {
      config_name: '01_agent_eval',
      total_samples: 2,
      summary_metrics: { mean_reward: 0.5, avg_turns: 3.0 },
    }
    assert.equal(summarizeReport(JSON.stringify(report)), '01_agent_eval: 2 samples, mean_reward 0.5, avg_turns 3')
    assert.equal(summarizeReport('{"loss":0.123456789,"best":true,"steps":[1]}'), 'loss 0.1235')
    assert.equal(summarizeReport('{"name":"x"}'), 'x')
  })

  it('says nothing about anything else', () => {
    for (const text of ['', '{', '[]', 'null', '1', '"x"', '{}', '{"a":"b"}', '{"summary_metrics":[1]}', '{"name":""}'])
      assert.equal(summarizeReport(text), undefined, text)
  })

  it('stays one short line', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`m${String(i)}`, i]))
    assert.equal(summarizeReport(JSON.stringify(many)), 'm0 0, m1 1, m2 2, m3 3, m4 4, m5 5')
    const long = summarizeReport(JSON.stringify({ name: 'a\nb\u0000'.repeat(1000), loss: 1 })) ?? ''
    assert.equal(long.length, 200)
    assert.match(long, /^a b a b/)
  })
})
