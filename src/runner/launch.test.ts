import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../test/fakes/logs'
import { launchDefaults } from '../shared/launch'
import { recordLaunch } from './launch'

interface Line {
  readonly text: string
  readonly stream: string
  readonly source?: string
  readonly level?: string
}

describe('a launch that writes log files', () => {
  const folder = temporaryFolder()

  it('is recorded with what comes in them, to the last line, and without what stood in them', async () => {
    writeFileSync(path.join(folder.path, 'old.log'), 'before\n')
    const script = `
      echo 'printed'
      echo '2026-11-20T03:30:05Z ERROR in old' >> old.log
      mkdir logs; echo 'in a new one' > logs/new.log
      echo 'last' >> old.log`
    const recording = recordLaunch({
      kind: 'launch',
      logDirectory: path.join(folder.path, '.tapedeck'),
      title: 'logs',
      command: script,
      args: [],
      cwd: folder.path,
      env: {},
      shell: true,
      unbuffered: false,
      results: [],
      logs: ['*.log', 'logs/**'],
      ...launchDefaults,
    })
    const { status, path: log } = await recording.result
    assert.equal(status, 'completed')
    const { events } = JSON.parse(readFileSync(log, 'utf8')) as { events: { phase: string; data: Line }[] }
    const lines = events.flatMap(({ phase, data }) => (phase === 'log_line' ? [data] : []))
    assert.deepEqual(
      lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text),
      ['printed'],
    )
    const inFiles = lines.filter(({ stream }) => stream === 'file')
    const of = (name: string) => inFiles.filter(({ source }) => source === path.join(folder.path, name))
    assert.deepEqual(
      of('old.log').map(({ text, level }) => [text, level]),
      [
        ['2026-11-20T03:30:05Z ERROR in old', 'error'],
        ['last', 'error'],
      ],
    )
    assert.deepEqual(
      of('logs/new.log').map(({ text }) => text),
      ['in a new one'],
    )
    assert.equal(events.at(-1)?.phase, 'completion')
  })
})
