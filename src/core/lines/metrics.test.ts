import assert from 'node:assert/strict'
import { metricsOf } from './metrics'

const valuesOf = (line: string): Record<string, number> =>
  Object.fromEntries((metricsOf(line)?.values ?? []).map(({ name, value }) => [name, value]))

describe('metrics in lines', () => {
  it('are read from the bars of tqdm', () => {
    assert.deepEqual(metricsOf(' 45%|████▌     | 450/1000 [00:10<00:12, 45.0it/s, loss=0.53]'), {
      values: [{ name: 'loss', value: 0.53 }],
      progress: { done: 450, total: 1000, percent: 45, rate: 45, remaining_s: 12 },
    })
    assert.deepEqual(
      metricsOf('Epoch 1:  33%|###3      | 1/3 [00:01<1:02:03,  2.00s/it, loss=1.25, acc=.5, v_num=0]'),
      {
        values: [
          { name: 'loss', value: 1.25 },
          { name: 'acc', value: 0.5 },
        ],
        progress: { label: 'Epoch 1', done: 1, total: 3, percent: 33.3, rate: 0.5, remaining_s: 3723 },
      },
    )
    const progress = (line: string): unknown => metricsOf(line)?.progress
    assert.deepEqual(progress('  0%|          | 0/3 [00:00<?, ?it/s]'), { done: 0, total: 3, percent: 0 })
    assert.deepEqual(progress('450it [00:10, 45.0it/s]'), { done: 450, rate: 45 })
    assert.deepEqual(progress('read: 1.20kit [00:10, 1.50kit/s, loss=1]'), { label: 'read', done: 1200, rate: 1500 })
    assert.deepEqual(progress('x:  35%|███▌ | 1.20M/3.40M [1 day, 2:03:04<2 days, 1:00:00, 1.20MB/s]'), {
      label: 'x',
      done: 1_200_000,
      total: 3_400_000,
      percent: 35.3,
      rate: 1_200_000,
      remaining_s: 176_400,
    })
    assert.deepEqual(progress('Map:  50%|█████| 500/1000 [00:01<00:01, 499.12 examples/s]'), {
      label: 'Map',
      done: 500,
      total: 1000,
      percent: 50,
      rate: 499.12,
      remaining_s: 1,
    })
    assert.deepEqual(metricsOf('10%|█ | 1/10 [00:01<00:09, 1.00it/s, lo'), {
      values: [],
      progress: { done: 1, total: 10, percent: 10, rate: 1, remaining_s: 9 },
    })
  })

  it('are read from the bars of Keras', () => {
    assert.deepEqual(metricsOf(' 32/100 [=====>........] - ETA: 3s - loss: 0.5 - accuracy: 0.9'), {
      values: [
        { name: 'loss', value: 0.5 },
        { name: 'accuracy', value: 0.9 },
      ],
      progress: { done: 32, total: 100, percent: 32, remaining_s: 3 },
    })
    assert.deepEqual(metricsOf('32/100 ━━━━━━━━━━━━ 1:05 12ms/step - accuracy: 0.9 - loss: 0.5')?.progress, {
      done: 32,
      total: 100,
      percent: 32,
      remaining_s: 65,
    })
    const counted = metricsOf('32/100 ━━━━━━━━━━━━ 3s 12ms/step - loss: 0.5')
    assert.deepEqual([counted?.progress?.remaining_s, counted?.values.length], [3, 1])
    const last = metricsOf('100/100 [==============================] - 3s 30ms/step - loss: 0.5 - val_loss: 0.625')
    assert.deepEqual(last?.progress, { done: 100, total: 100, percent: 100, remaining_s: 0 })
    assert.deepEqual(last.values, [
      { name: 'loss', value: 0.5 },
      { name: 'val_loss', value: 0.625 },
    ])
  })

  it('are read from other bars', () => {
    const cases: readonly (readonly [string, Record<string, unknown>])[] = [
      [
        '   ━━━━━━━━━━━━━━╸━━━━━━━━━━ 1.2/3.4 MB 5.6 MB/s eta 0:00:01',
        { done: 1.2e6, total: 3.4e6, percent: 35.3, rate: 5.6e6, remaining_s: 1 },
      ],
      [
        'a1b2c3: Downloading [====>        ]  12.5MB/50MB',
        { label: 'a1b2c3: Downloading', done: 12.5e6, total: 50e6, percent: 25 },
      ],
      ['    Building [=====>        ] 50/200: serde, syn', { label: 'Building', done: 50, total: 200, percent: 25 }],
      [
        'f.zip   45%[====>     ]  12.3M  5.6MB/s    eta 1m 3s',
        { label: 'f.zip', done: 45, total: 100, percent: 45, remaining_s: 63 },
      ],
      [
        'Receiving objects:  45% (450/1000), 1.2 MiB | 3.4 MiB/s',
        { label: 'Receiving objects', done: 450, total: 1000, percent: 45 },
      ],
      ['[12/300] Building CXX object a.o', { done: 12, total: 300, percent: 4 }],
      ['[ 45%] Building C object a.o', { done: 45, total: 100, percent: 45 }],
      ['tests/test_a.py ....   [ 45%]', { done: 45, total: 100, percent: 45 }],
      ['Progress: 45.5%', { done: 45.5, total: 100, percent: 45.5 }],
      ['####     45.3%', { done: 45.3, total: 100, percent: 45.3 }],
      ['Processing 12/300', { label: 'Processing', done: 12, total: 300, percent: 4 }],
      ['12/300', { done: 12, total: 300, percent: 4 }],
    ]
    for (const [line, progress] of cases) assert.deepEqual(metricsOf(line)?.progress, progress, line)
  })

  it('are read from pairs', () => {
    assert.deepEqual(metricsOf('epoch 3 step 120 loss=0.53 lr=1e-4'), {
      values: [
        { name: 'loss', value: 0.53 },
        { name: 'lr', value: 1e-4 },
      ],
      step: 120,
    })
    assert.deepEqual(metricsOf('step: 10 loss: 0.5'), { values: [{ name: 'loss', value: 0.5 }], step: 10 })
    assert.deepEqual(metricsOf('step=10 loss=0.90 lr=1e-5 tok/s=12000'), {
      values: [
        { name: 'loss', value: 0.9 },
        { name: 'lr', value: 1e-5 },
        { name: 'tok/s', value: 12_000 },
      ],
      step: 10,
    })
    assert.deepEqual(metricsOf('Epoch [3/10], Step [100/600], Loss: 0.5000'), {
      values: [{ name: 'Loss', value: 0.5 }],
      step: 100,
      progress: { label: 'step', done: 100, total: 600, percent: 16.7 },
    })
    assert.deepEqual(metricsOf('iter 0: loss 4.2853, time 13.8ms, mfu -100.00%'), {
      values: [
        { name: 'loss', value: 4.2853 },
        { name: 'mfu', value: -100, unit: '%' },
      ],
      step: 0,
    })
    assert.deepEqual(valuesOf('step 0: train loss 4.2821, val loss 4.2823'), { train_loss: 4.2821, val_loss: 4.2823 })
    assert.deepEqual(valuesOf('2026-11-20 03:30:05,123 - INFO - global_step=5, mean_reward=-0.25, kl=inf, loss=nan'), {
      mean_reward: -0.25,
    })
    assert.equal(metricsOf('global_step=5 step=3 epoch=1 loss=1')?.step, 5)
    assert.equal(metricsOf('episode 7 epoch 1 reward: 3')?.step, 7)
    assert.deepEqual(valuesOf('step 3 lr=0.1 port=8080 seed=1'), { lr: 0.1 })
  })

  it('are read from dicts and objects', () => {
    assert.deepEqual(metricsOf("{'loss': 0.9, 'learning_rate': 5e-05, 'epoch': 0.03}"), {
      values: [
        { name: 'loss', value: 0.9 },
        { name: 'learning_rate', value: 5e-5 },
      ],
      step: 0.03,
    })
    assert.deepEqual(valuesOf("{'loss': '0.9', 'grad_norm': 'nan', 'epoch': '1'}"), { loss: 0.9 })
    assert.deepEqual(valuesOf("{'loss': nan, 'acc': inf, 'lr': -inf, 'f1': .5}"), { f1: 0.5 })
    assert.deepEqual(
      valuesOf("{'train': {'loss': 0.5, 'x': {'acc': 1}}, 'name': 'a, }{', 'l': [1, {'a': 2}], 'b': 2}"),
      {
        'train/loss': 0.5,
        'train/x/acc': 1,
        b: 2,
      },
    )
    assert.deepEqual(valuesOf("{'loss': 0.9, 'acc': 0."), { loss: 0.9, acc: 0 })
    assert.deepEqual(valuesOf("{'loss': 0.9, 'learning_ra"), { loss: 0.9 })
    assert.deepEqual(valuesOf("{'loss': np.float32(0.5), 'acc': tensor(0.25, device='cuda:0')}"), {
      loss: 0.5,
      acc: 0.25,
    })
    assert.deepEqual(metricsOf('{"step": 3, "loss": 0.5, "time": 1763609405, "note": "x: 1"}'), {
      values: [{ name: 'loss', value: 0.5 }],
      step: 3,
    })
    assert.deepEqual(valuesOf("INFO {'eval_loss': 0.5}"), { eval_loss: 0.5 })
  })

  it('are not read from other lines', () => {
    const lines = [
      '',
      '2026-11-20 03:30:05,123 - INFO - started',
      '12:30:45 listening',
      'version: 1.2.3',
      'port=8080 host=127.0.0.1 workers=4',
      'listening on 127.0.0.1:3000',
      'lr=0.001 batch_size=32 port=8080',
      'Namespace(learning_rate=0.001, epochs=10)',
      "{'port': 8080, 'host': 'a'}",
      '{"level":30,"time":1763609405,"pid":12,"msg":"step"}',
      'localhost : ok=5 changed=1 unreachable=0 failed=0',
      'x=1 y=2 z=3',
      'step 3: install the dependencies',
      'no loss of data in 3 tries',
      'packet loss',
      '64 bytes from 1.1.1.1: icmp_seq=1 ttl=57 time=12.3 ms',
      'Date: 12/11/2026',
      '12/11/2026',
      '5/3',
      'src/a.ts:12:3',
      'cost: 50% off today',
      '--loss=0.5',
      'loss=0.5.1',
      'a [1/2 cup] of flour',
    ]
    const wrong = lines.filter((line) => metricsOf(line) !== undefined)
    assert.deepEqual(wrong, [])
  })

  it('are numbers, few and with names, whatever comes', () => {
    const pieces = [
      "{'",
      "'loss'",
      ': ',
      '0.5',
      ', ',
      '}',
      '{',
      '45%',
      '|',
      '1/3',
      '[',
      '00:01<',
      ']',
      'loss=',
      'nan',
      'step ',
      '"',
      '1e999',
      '-',
      '(',
    ]
    let seed = 5
    const next = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
    for (let i = 0; i < 30_000; i++) {
      let line = ''
      for (let j = 0; j < 10; j++) line += pieces[Math.floor(next() * pieces.length)] ?? ''
      const found = metricsOf(line)
      for (const { name, value } of found?.values ?? []) assert.ok(Number.isFinite(value) && name !== '', line)
      for (const value of Object.values(found?.progress ?? {}))
        assert.ok(typeof value === 'string' || Number.isFinite(value), line)
      assert.ok(found?.step === undefined || Number.isFinite(found.step), line)
    }
    const many = Array.from({ length: 500 }, (_, i) => `loss${String(i)}=1 loss_${String(i)}=2`).join(' ')
    assert.ok((metricsOf(many)?.values.length ?? 0) <= 50)
  })

  // What took the square of a line's length would not be over before the test is.
  it('are read in time that grows as the line does', () => {
    const hostile = [
      '1',
      '1/',
      'a',
      'a ',
      'loss',
      'loss ',
      'loss=',
      "{'a':",
      "{'a':{",
      '[',
      '[=',
      '45%|',
      '█',
      '1:',
      'step 1/',
      ' ',
      '12%[===',
      '\\',
      '1d ',
      '#',
      'train ',
      '━',
      "'a': '",
    ]
    for (const piece of hostile) {
      for (const before of ['', "{'", '45%|', 'step=1 loss=', '32/100 [', 'a: [====> ']) {
        assert.doesNotThrow(() => metricsOf(before + piece.repeat(1_000_000 / piece.length)))
      }
    }
  })
})
