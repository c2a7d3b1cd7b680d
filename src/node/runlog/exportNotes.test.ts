import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { writePastRun } from '../../../test/fakes/history'
import { temporaryFolder } from '../../../test/fakes/logs'
import type { RunKind } from '../../shared/events/schema'
import type { ExportFormat } from '../../shared/protocol/contract'
import { exportRun, type ExportOptions } from './exportRun'
import { logPaths } from './layout'
import { changeNotes, notesPathOf } from './notes'

describe('the export of a run that a person said something of', () => {
  const folder = temporaryFolder()
  const STARTED = Date.UTC(2026, 10, 20, 3, 30)

  const noted = async (kind: RunKind, head: Record<string, unknown> = {}): Promise<string> => {
    const id = writePastRun(folder.path, { startedMs: STARTED, title: 'as recorded', head: { kind, ...head } })
    const { log } = logPaths(folder.path, id)
    await changeNotes(log, (notes) => ({
      ...notes,
      title: '</script><b>mine',
      tags: ['paper', 'a|b'],
      markers: [
        { seq: 1, time: STARTED + 1234, name: 'the <i>turn' },
        { seq: 0, time: 0, name: 'no time' },
        { seq: 2, time: 1e300, name: 'no day' },
      ],
    }))
    return log
  }
  const exported = async (log: string, format: ExportFormat, options: ExportOptions = {}): Promise<string> => {
    let text = ''
    for await (const piece of exportRun(log, format, options)) text += piece.toString()
    return text
  }

  it('has as Markdown its title, tags and markers, whatever its kind', async () => {
    for (const kind of ['launch', 'capture', 'follow', 'session', 'stream'] as const) {
      const report = await exported(await noted(kind, { imported_from: 'a.har' }), 'markdown')
      assert.ok(report.startsWith('# \\</script\\>\\<b\\>mine\n\n2026-11-20T03:30:00.000Z · completed · 12 s'), report)
      for (const part of [
        'recorded as as recorded · imported from a.har · #paper · #a\\|b\n',
        '\n## Markers\n\n- no time\n',
      ])
        assert.ok(report.includes(part), `${kind}: ${report}`)
      assert.ok(report.includes('\n- 2026-11-20T03:30:01.234Z  the \\<i\\>turn\n- no day\n'), report)
    }
  })

  it('has as text a head, but not where the output alone is wanted or nothing was said', async () => {
    const log = await noted('launch')
    const head = 'title    </script><b>mine\nstarted  2026-11-20T03:30:00.000Z\ntags     #paper #a|b\n'
    const text = await exported(log, 'text')
    assert.ok(text.startsWith(`${head}marker   no time\nmarker   2026-11-20T03:30:01.234Z  the <i>turn\n`), text)
    assert.ok(text.endsWith('\n\none\ntwo\n'))
    assert.equal(await exported(log, 'text', { bare: true }), 'one\ntwo\n')
    await changeNotes(log, ({ format }) => ({ format, pinned: true }))
    assert.equal(await exported(log, 'text'), 'one\ntwo\n')
  })

  it('has as a page its title and markers, as data that ends no element', async () => {
    for (const name of ['standalone.js', 'standalone.css']) writeFileSync(path.join(folder.path, name), '/* */')
    const page = await exported(await noted('launch'), 'html', { pages: folder.path })
    assert.ok(page.includes('<title>&lt;/script&gt;&lt;b&gt;mine</title>'))
    const told = (id: string): unknown =>
      JSON.parse(new RegExp(`<script type="application/json" id="${id}">([^<]*)</script>`).exec(page)?.[1] ?? '')
    assert.equal((told('tapedeck-run') as { title: string }).title, '</script><b>mine')
    assert.deepEqual((told('tapedeck-bookmarks') as unknown[])[0], {
      seq: 1,
      time: STARTED + 1234,
      name: 'the <i>turn',
      text: 'the <i>turn',
    })
  })

  it('is the log alone where a format is the log, and says where its notes can’t be read', async () => {
    const log = await noted('launch')
    assert.doesNotMatch(await exported(log, 'json'), /mine|turn/)
    writeFileSync(notesPathOf(log), '{')
    assert.match(await exported(log, 'ndjson'), /"one"/)
    await assert.rejects(exported(log, 'markdown'), { code: 'bad_notes' })
  })
})
