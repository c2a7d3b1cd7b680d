/**
 * How long from the site's write of a chunk to its event in the run log, and to the panel's pixels. A peer in the same run:
 * what a plain WebSocket-free reader could reach at best, the time until the page itself has the chunk, is part of both.
 */
import { open } from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { startDemoSite, type DemoSite } from '../demo/site/site'
import { ControlClient } from '../src/node/control/client'
import type { RegistryEntry } from '../src/shared/control'
import { recordCapture } from '../src/runner/capture'
import { Editor } from '../test/editor/editor'

declare const __PROJECT_ROOT__: string

const now = (): number => performance.timeOrigin + performance.now()

/** The time of each tick's write, by its name. A chunk cut in two counts from its second half: before that it is no text. */
function written(site: DemoSite): Map<string, number> {
  const times = new Map<string, number>()
  let before = ''
  for (const { at, text } of site.writes) {
    for (const [tick] of (before + text).matchAll(/tick-\d{5}/g)) if (!times.has(tick)) times.set(tick, at)
    before = text.slice(-20)
  }
  return times
}

function report(name: string, site: DemoSite, seen: ReadonlyMap<string, number>, limit: number): void {
  const starts = written(site)
  const delays = [...seen]
    .flatMap(([tick, at]) => (starts.has(tick) ? [at - (starts.get(tick) ?? 0)] : []))
    .sort((a, b) => a - b)
  const at = (share: number): string =>
    (delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? Number.NaN).toFixed(1)
  console.log(
    `${name}: median ${at(0.5)} ms (limit ${String(limit)} ms), 95th percentile ${at(0.95)} ms, ${String(delays.length)} chunks`,
  )
}

async function toLog(): Promise<void> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-bench-'))
  process.env['XDG_STATE_HOME'] = path.join(home, 'state')
  process.env['XDG_DATA_HOME'] = path.join(home, 'data')
  const site = await startDemoSite()
  const seen = new Map<string, number>()
  let reading = Promise.resolve()
  let read = 0
  const follow = async (entry: RegistryEntry): Promise<void> => {
    const file = await open(entry.log_path, 'r')
    await ControlClient.connect(entry, {
      onGrew: ({ bytes }) => {
        reading = reading.then(async () => {
          const buffer = Buffer.alloc(Math.max(0, bytes - read))
          await file.read(buffer, 0, buffer.length, read)
          read = Math.max(read, bytes)
          for (const line of buffer.toString('utf8').split('\n')) {
            if (!line.includes('"phase":"assistant_delta"')) continue
            for (const [tick] of line.matchAll(/tick-\d{5}/g)) if (!seen.has(tick)) seen.set(tick, now())
          }
        })
      },
      onClosed: () => void reading.then(() => file.close()),
    })
  }
  const recording = recordCapture(
    {
      logDirectory: home,
      url: `${site.url}?scenario=latency`,
      prompt: 'x',
      headless: true,
      timeoutMs: 60_000,
      webSearch: 'off',
      bodies: 'streams',
    },
    { onStarted: (entry) => void follow(entry) },
  )
  await recording.result
  await reading
  report('site write to run log, seen by a reader', site, seen, 20)
  await site.close()
  await rm(home, { recursive: true, force: true })
}

async function toPixels(): Promise<void> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-bench-'))
  const site = await startDemoSite()
  const editor = await Editor.start({
    workspace: home,
    extension: { folder: __PROJECT_ROOT__ },
    settings: {
      'tapedeck.capture.url': `${site.url}?scenario=latency`,
      'tapedeck.capture.headless': true,
      'tapedeck.capture.webSearch': 'off',
    },
  })
  try {
    await editor.runCommand('Tapedeck: Start Live Capture')
    await editor.answerQuickInput('x')
    const panel = editor.webviewFrame()
    await panel.locator('[data-testid="phase-filter-assistant_delta"]').click()
    const frame = await (await panel.locator('body').elementHandle()).ownerFrame()
    if (frame === null) throw new Error('the panel has no frame')
    // In the panel's own page: the first frame in which a tick stands in the feed.
    const seen = await frame.evaluate<Record<string, number>>(`new Promise((resolve) => {
      const seen = {}
      const look = () => {
        const text = document.querySelector('[data-testid="feed"]').textContent
        for (const [tick] of text.matchAll(/tick-\\d{5}/g)) seen[tick] ??= performance.timeOrigin + performance.now()
        if (document.querySelector('[data-testid="run-state"]').textContent.trim() === 'completed') resolve(seen)
        else requestAnimationFrame(look)
      }
      look()
    })`)
    // What stood there when the looking began has no time of its own.
    const first = Math.min(...Object.values(seen))
    report('site write to pixels of the panel', site, new Map(Object.entries(seen).filter(([, at]) => at > first)), 50)
  } finally {
    await editor.close()
    await site.close()
    await rm(home, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  await toLog()
  await toPixels()
}

void main()
