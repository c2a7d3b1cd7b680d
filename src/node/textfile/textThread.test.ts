import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { followFile } from './fileFollowing'
import { serveTextFiles } from './textThread'
import type { FromTextThread, TextRequestName, TextRequests, ToTextThread } from './textProtocol'

describe('the thread that reads text files', () => {
  const folder = temporaryFolder()

  it('answers others while it counts the lines of a large file', async () => {
    const [large, small] = [path.join(folder.path, 'large'), path.join(folder.path, 'small')]
    writeFileSync(small, 'one\ntwo\n')
    const bytes = 512 * 1024 * 1024
    const fd = openSync(large, 'w')
    ftruncateSync(fd, bytes)
    writeSync(fd, '\nthe last line\n', bytes - 15)
    closeSync(fd)
    let receive: (message: ToTextThread) => void = () => undefined
    const waiting = new Map<number, (value: unknown) => void>()
    const answered: number[] = []
    serveTextFiles(
      {
        post: (message: FromTextThread) => {
          if (message.type !== 'answer') return
          answered.push(message.id)
          waiting.get(message.id)?.(message.value)
        },
        onMessage: (listener) => (receive = listener),
      },
      followFile,
    )
    const ask = <N extends TextRequestName>(
      id: number,
      file: number,
      name: N,
      params: TextRequests[N]['params'],
    ): Promise<TextRequests[N]['answer']> =>
      new Promise((resolve) => {
        waiting.set(id, resolve as (value: unknown) => void)
        receive({ file, id, name, params } as ToTextThread)
      })
    const [{ isComplete, parts }] = await Promise.all([
      ask(1, 1, 'open', { path: large, options: { follow: false } }),
      ask(2, 2, 'open', { path: small, options: { follow: false } }),
    ])
    assert.equal(isComplete, false)
    const [content] = parts
    const base = content?.kind === 'lines' ? content.seqBase : 0
    const all = [
      ask(3, 1, 'positionOf', { at: { seq: base + bytes - 14 }, isExact: true }),
      ask(4, 1, 'rowsAt', { positions: Float64Array.of(1) }),
      ask(5, 2, 'rows', { from: 0, to: 2, renumbers: 0 }),
      ask(6, 2, 'detail', { position: 1 }),
    ] as const
    const [position, rows] = await Promise.all(all)
    assert.equal(position, 1)
    assert.deepEqual(
      rows.map(({ text }) => text),
      ['the last line'],
    )
    assert.deepEqual(answered.slice(2, 4), [5, 6])
    await Promise.all([ask(7, 1, 'close', {}), ask(8, 2, 'close', {})])
  })

  it('gives up counting what is closed', async () => {
    const large = path.join(folder.path, 'large')
    writeFileSync(large, '')
    const fd = openSync(large, 'w')
    ftruncateSync(fd, 1024 * 1024 * 1024)
    closeSync(fd)
    let receive: (message: ToTextThread) => void = () => undefined
    const over = new Promise<readonly number[]>((resolve) => {
      const answered: number[] = []
      serveTextFiles(
        {
          post: (message: FromTextThread) => {
            if (message.type === 'answer' || message.type === 'error') answered.push(message.id)
            if (answered.length === 1) {
              receive({ file: 1, id: 2, name: 'positionOf', params: { at: { line: 1 }, isExact: true } })
              receive({ file: 1, id: 3, name: 'close', params: {} })
            }
            if (answered.length === 3) resolve(answered)
          },
          onMessage: (listener) => (receive = listener),
        },
        followFile,
      )
    })
    receive({ file: 1, id: 1, name: 'open', params: { path: large, options: { follow: false } } })
    assert.deepEqual([...(await over)].sort(), [1, 2, 3])
  })
})
