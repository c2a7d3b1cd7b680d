import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { formatSamples } from '../../../../test/fakes/lineSamples'
import { builtInFormats } from './table'

declare const __PROJECT_ROOT__: string

const START = '<!-- prettier-ignore-start -->\n'
const END = '<!-- prettier-ignore-end -->\n'

/** The table of docs/log-formats.md: every format with a line of it. */
function table(): string {
  const samples = formatSamples()
  const seen = new Set<string>()
  const rows = builtInFormats.flatMap(({ id, name, kind }) => {
    if (seen.has(id)) return []
    seen.add(id)
    const texts = samples.find(({ format }) => format === id)?.lines.map(({ text }) => text) ?? []
    const text =
      (kind === 'pattern' ? texts.find((one) => !one.startsWith('---') && !one.startsWith('\uFEFF')) : texts[0]) ?? ''
    const shown = text.replaceAll('\t', '⇥').replaceAll('|', '\\|').replaceAll('`', "'")
    return [`| ${name} | \`${id}\` | \`${shown.length > 150 ? `${shown.slice(0, 150)}…` : shown}\` |`]
  })
  return ['| Format | Id | A line |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

describe('the table of formats', () => {
  it('is the one in the docs (TAPEDECK_UPDATE=1 writes it)', () => {
    const file = path.join(__PROJECT_ROOT__, 'docs/log-formats.md')
    const text = readFileSync(file, 'utf8')
    const from = text.indexOf(START) + START.length
    const to = text.indexOf(END)
    assert.ok(from >= START.length && to >= from, 'the marks are there')
    if (process.env['TAPEDECK_UPDATE'] === '1') writeFileSync(file, text.slice(0, from) + table() + text.slice(to))
    else assert.equal(text.slice(from, to), table())
  })

  it('has each id once, but for flavours of one name', () => {
    const names = new Map<string, string>()
    for (const { id, name } of builtInFormats) {
      assert.equal(names.get(id) ?? name, name)
      names.set(id, name)
    }
    assert.equal(new Set(names.values()).size, names.size, 'no two formats have one name')
  })
})
