// Looks like a training script: a progress bar as tqdm draws it, a line of numbers now and then, and results at the end.
// Usage: node commands/train.js [--config FILE] [--speed N]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { setTimeout as delay } from 'node:timers/promises'

const { values } = parseArgs({
  options: { config: { type: 'string', default: 'configs/small.json' }, speed: { type: 'string', default: '1' } },
})
const { epochs, steps, learning_rate } = JSON.parse(readFileSync(values.config, 'utf8'))
const stepMs = 50 / Number(values.speed)
const rows = ['step,loss,accuracy']

const clock = (seconds) =>
  `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

function bar(epoch, done, started) {
  const elapsed = (performance.now() - started) / 1000
  const rate = done / Math.max(elapsed, 0.001)
  const full = Math.floor((done / steps) * 20)
  const drawn = '█'.repeat(full) + ' '.repeat(20 - full)
  const percent = String(Math.floor((done / steps) * 100)).padStart(3)
  const left = clock((steps - done) / rate)
  return `Epoch ${epoch}: ${percent}%|${drawn}| ${done}/${steps} [${clock(elapsed)}<${left}, ${rate.toFixed(2)}it/s]`
}

console.log(`training with ${values.config}: ${epochs} epochs of ${steps} steps`)
let loss = 2.5
for (let epoch = 1; epoch <= epochs; epoch++) {
  const started = performance.now()
  for (let done = 1; done <= steps; done++) {
    await delay(stepMs)
    loss += (0.4 - loss) * learning_rate + (Math.random() - 0.5) * 0.04
    process.stderr.write(`\r${bar(epoch, done, started)}`)
    const step = (epoch - 1) * steps + done
    if (step % 20 !== 0) continue
    const accuracy = 1 - loss / 3
    rows.push(`${step},${loss.toFixed(4)},${accuracy.toFixed(4)}`)
    console.log(`{'loss': ${loss.toFixed(4)}, 'accuracy': ${accuracy.toFixed(4)}, 'step': ${step}}`)
  }
  process.stderr.write('\n')
  if (epoch === 1) console.log('WARNING: no checkpoint folder is set, so only the last epoch is kept')
}
const out = `results/${values.config.replace(/^.*\/|\.json$/g, '')}`
mkdirSync(`${out}/trajectories`, { recursive: true })
writeFileSync(`${out}/metrics.csv`, `${rows.join('\n')}\n`)
writeFileSync(
  `${out}/report.json`,
  JSON.stringify({ config_name: values.config, total_samples: 3, summary_metrics: { mean_reward: 0.5 } }),
)
const trajectory = (answer, reward) =>
  JSON.stringify({
    messages: [
      { role: 'user', content: 'How many lighthouses does the island have?' },
      { role: 'assistant', content: answer },
    ],
    reward,
  })
const lines = [trajectory('Two, one at each end.', 1), trajectory('I do not know.', 0), trajectory('Perhaps two.', 0.5)]
writeFileSync(`${out}/trajectories/eval.jsonl`, `${lines.join('\n')}\n`)
console.log(`done, results are in ${out}`)
