/**
 * The panel of each kind of run in each theme and width: axe finds nothing to complain of. With TAPEDECK_SHOTS a picture
 * of each is left in that folder, to be looked at.
 */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import axe from 'axe-core'
import type { RunKind } from '../../src/shared/events/schema'
import type { RunSummary } from '../../src/shared/protocol/summary'
import type { Pair } from './fakeCompare'
import { START } from './fakeRun'
import { Harness, themeClass, type OpenPanel, type PanelOptions, type Theme } from './harness'
import { follow, session, stream, usageCourse } from './summarySamples'
import { settled } from './waits'

const shots = process.env['TAPEDECK_SHOTS']
const themes: readonly Theme[] = ['dark', 'light', 'hc-black', 'hc-light']
const widths = [400, 800, 1600]
/** Colours do not depend on the width: without pictures, high contrast is looked at in one of them. */
const themesAt = (width: number, all: readonly number[]): readonly Theme[] =>
  shots !== undefined || all.length === 1 || width === 800 ? themes : ['dark', 'light']

interface Scene {
  readonly name: string
  readonly options: PanelOptions
  /** Brings the panel where it is looked at. */
  readonly prepare: (panel: OpenPanel) => Promise<void>
  /** Where it looks another way in each theme, and not at each width. */
  readonly widths?: readonly number[]
  /** Shows, in the narrowest panel, what stands on a tab of its own there. */
  readonly narrow?: (panel: OpenPanel) => Promise<void>
}

const firstDetail = async (panel: OpenPanel): Promise<void> => {
  await panel.rows().first().click()
  await panel.page.keyboard.press('Enter')
  await panel.id('detail').waitFor()
}

const summaryTab = async (panel: OpenPanel): Promise<void> => {
  await panel.id('tab-summary').click()
}

/** The panel of a kind of run that is told by its summary. */
const toldAs = (kind: RunKind, summary: RunSummary): Scene => ({
  name: `${kind}-recorded`,
  options: { events: 60, state: 'completed' },
  prepare: async (panel) => {
    await panel.host(
      ({ host, argument }) => {
        host.setRun({ kind: argument.kind })
        host.tellSummary(argument.summary)
      },
      { kind, summary },
    )
    await panel.id('tab-summary').or(panel.id('summary')).first().waitFor()
  },
  narrow: summaryTab,
})

const marked = [
  {
    seq: 9,
    text: 'usage',
    name: 'The costs begin here, which is a long name for a marker of a run',
    time: START + 9 * 37,
  },
  { seq: 140, text: 'tool', name: 'halfway', time: START + 140 * 37 },
]

/** Runs side by side. */
const compared = (pair: Pair): Scene => ({
  name: `compare-${pair}`,
  options: { pair },
  prepare: () => Promise.resolve(),
})

const scenes: readonly Scene[] = [
  {
    name: 'capture',
    options: { events: 400, state: 'running' },
    prepare: async (panel) => {
      await panel.host(({ host }) => {
        host.answer(
          '### Towers\n\nThe **tower** is 118 m high [1], see `tower.md` and [its site](https://a.example).\n\n' +
            '- built in *1935*\n- of larch\n  1. cut\n  2. dried\n- [x] standing\n- [ ] painted\n\n> Old but **sound**.\n\n' +
            '| Name | Height |\n|---|--:|\n| Gliwice | 118 m |\n\n```js\nif (height > 100) climb()\n```\n\n---\n\n' +
            '![A map](https://a.example/map.png)\n',
        )
        host.setSummary({
          model: 'demo-large',
          queries: [{ seq: 3, query: 'tallest wooden tower Europe' }],
          sources: [
            {
              seq: 5,
              url: 'https://towers.example/gliwice',
              domain: 'towers.example',
              title: 'Gliwice',
              rank: 1,
              cited: true,
            },
            { seq: 6, url: 'https://wood.example/', domain: 'wood.example', rank: 2, cited: false },
          ],
          sourceCount: 2,
          citedCount: 1,
          usage: { input_tokens: 1200, output_tokens: 340 },
        })
      })
      await panel.page.getByText('is 118 m high').waitFor({ state: 'attached' })
    },
    narrow: summaryTab,
  },
  {
    name: 'markers',
    options: { events: 400, state: 'completed' },
    prepare: async (panel) => {
      await panel.host(({ host, argument }) => {
        host.bookmarks = argument
        host.putAbove(0)
      }, marked)
      await panel.id('marker').first().waitFor()
      await panel.page.locator('.row[data-seq="12"]').click()
      await panel.page.keyboard.press('b')
      await panel.id('marker-note').waitFor()
      await panel.page.keyboard.press('Escape')
    },
  },
  {
    name: 'menu',
    widths: [400],
    options: { events: 400, state: 'completed' },
    prepare: async (panel) => {
      await panel.id('more-button').click()
    },
  },
  {
    name: 'menu-export',
    widths: [400],
    options: { events: 40, state: 'completed' },
    prepare: async (panel) => {
      await panel.id('export-button').click()
    },
  },
  {
    name: 'menu-row',
    widths: [400],
    options: { kind: 'launch', state: 'completed' },
    prepare: async (panel) => {
      await panel.host(({ host }) => {
        host.print('one', 'two', 'three')
      })
      await panel
        .rows()
        .nth(1)
        .click({ button: 'right', position: { x: 140, y: 8 } })
      await panel.page.getByRole('menu').waitFor()
    },
  },
  {
    name: 'searched',
    options: { events: 400, state: 'completed' },
    prepare: async (panel) => {
      await panel.id('search-input').fill('tower')
      await panel.id('only-hits').click()
      await panel.id('next-hit').click()
      await panel.page.locator('.row.selected').waitFor()
      await panel.host(({ host }) => {
        host.goTo(4)
      })
      await panel.id('hidden-note').waitFor()
    },
  },
  {
    name: 'nothing-found',
    options: { events: 400, state: 'running' },
    prepare: async (panel) => {
      await panel.id('search-input').fill('no such text')
      await panel.id('feed-empty').waitFor()
      await panel.host(({ host }) => {
        host.notice('error', 'The export could not be written: the disk is full. Make room, then export again.')
      })
      await panel.id('search-regex').click()
      await panel.id('search-input').fill('(unclosed')
      await panel.id('search-problem').waitFor()
    },
  },
  compared('capture'),
  compared('launch'),
  {
    name: 'capture-failed',
    options: { events: 60, state: 'failed' },
    prepare: async (panel) => {
      await panel.host(({ host }) => {
        host.setRun({ error: 'The site refused the request (HTTP 429). Wait a minute, then start again.' })
      })
      await firstDetail(panel)
    },
  },
  {
    name: 'replay',
    options: { events: 400, state: 'completed' },
    prepare: async (panel) => {
      await panel.asked('levels/get', 1)
      await panel.id('replay-button').click()
      await panel.id('replay-play').click()
      await panel.page.getByRole('button', { name: 'Play', exact: true }).waitFor()
      await panel.id('replay-position').fill('7000')
    },
  },
  toldAs('session', { ...session, usage_course: usageCourse }),
  toldAs('stream', stream),
  toldAs('follow', follow),
  { name: 'empty', options: { events: 0, state: 'running' }, prepare: () => Promise.resolve() },
  {
    name: 'launch',
    options: { kind: 'launch', events: 0, state: 'running' },
    prepare: async (panel) => {
      await panel.host(({ host }) => {
        host.print('epoch 1', '\u001b[31mred\u001b[0m \u001b[33myellow\u001b[0m', 'at train.py:12:3')
        host.append([
          { phase: 'log_line', text: 'it broke', level: 'error', data: { text: 'it broke', level: 'error' } },
          { phase: 'log_line', text: 'careful', level: 'warn', data: { text: 'careful', level: 'warn' } },
        ])
        host.setLaunch({
          command: 'python train.py',
          pid: 4242,
          progress: { label: 'train', done: 30, total: 100, percent: 30, rate: 4, remaining_s: 17, time: Date.now() },
          metrics: [
            {
              name: 'loss',
              count: 4,
              last: 0.4,
              min: 0.4,
              max: 0.9,
              x: 'step',
              points: [
                [1, 0.9],
                [2, 0.7],
                [3, 0.5],
                [4, 0.4],
              ],
            },
          ],
          results: [{ seq: 2, path: 'out/model.bin', bytes: 120_000, summary: 'weights' }],
        })
      })
      await panel.page
        .getByText('out/model.bin')
        .or(panel.page.getByText('model.bin'))
        .first()
        .waitFor({ state: 'attached' })
    },
  },
  { name: 'follow', options: { kind: 'follow', state: 'following', events: 700, files: 2 }, prepare: firstDetail },
]

/** What axe finds at fault, a line each; its script is there. */
async function complaints(panel: OpenPanel): Promise<string[]> {
  return panel.page.evaluate(async () => {
    interface Result {
      violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[]
    }
    const { axe: run } = globalThis as unknown as { axe: { run(root: unknown): Promise<Result> } }
    const { violations } = await run.run(document)
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)}: ${failureSummary}`),
    )
  })
}

describe('the looks of the panel', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
    if (shots !== undefined) mkdirSync(shots, { recursive: true })
  })
  after(async () => {
    await harness.stop()
  })

  for (const { name, options, prepare, narrow, widths: at = widths } of scenes) {
    it(`give axe nothing to complain of: ${name}`, async () => {
      const panel = await harness.open({ ...options, reducedMotion: true, width: 1600, height: 900 })
      await prepare(panel)
      await panel.page.evaluate(axe.source)
      /** Where each was found. */
      const found: Record<string, string[]> = {}
      for (const width of at) {
        await panel.page.setViewportSize({ width, height: 900 })
        if (width === widths[0]) await narrow?.(panel)
        for (const theme of themesAt(width, at)) {
          await panel.page.evaluate((classes) => {
            document.body.className = classes
          }, `${themeClass[theme]} theme-${theme}`)
          await settled(panel)
          for (const one of await complaints(panel)) (found[one] ??= []).push(`${theme} ${String(width)}`)
          if (shots !== undefined)
            await panel.page.screenshot({ path: path.join(shots, `${name}-${theme}-${String(width)}.png`) })
        }
      }
      assert.deepEqual(found, {})
      await panel.close()
    }).timeout(120_000)
  }
})
