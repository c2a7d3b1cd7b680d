import assert from 'node:assert/strict'
import { appendFileSync, copyFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { textThreads } from '../../../test/fakes/textThreads'
import type { Row } from '../../shared/protocol/rows'
import type { KnownContent } from './knownContents'
import { TextFileStore, type TextThreads } from './textFileStore'

const lines = (name: string, count: number): string =>
  Array.from({ length: count }, (_, i) => `${name} ${String(i)}\n`).join('')

describe('what is kept by the number of a line', () => {
  const folder = temporaryFolder()
  const file = (name = 'x.log'): string => path.join(folder.path, name)
  let threads: TextThreads
  let store: TextFileStore
  let contents: readonly KnownContent[]

  beforeEach(async () => {
    threads = textThreads()
    contents = []
    writeFileSync(file(), lines('first', 100))
    await open()
  })
  afterEach(async () => {
    await store.close()
    threads.reader.dispose()
  })

  async function open(): Promise<void> {
    store = await TextFileStore.open(file(), { contents }, threads)
  }

  async function reopen(meanwhile: () => void = () => undefined): Promise<void> {
    contents = JSON.parse(JSON.stringify(store.state.contents)) as KnownContent[]
    await store.close()
    meanwhile()
    await open()
  }

  async function seqOf(text: string): Promise<number> {
    const view = await store.view({})
    const row = (await view.rows(0, view.count)).find((one) => one.text === text)
    view.dispose()
    assert.ok(row, text)
    return row.seq
  }

  /** The text of the line with exactly this number. */
  async function lineAt(seq: number): Promise<string | undefined> {
    const view = await store.view({})
    const position = await view.positionOf({ seq })
    const [row]: readonly (Row | undefined)[] = await view.rows(position, position + 1)
    view.dispose()
    return row?.seq === seq ? row.text : undefined
  }

  async function rotatedHere(text: string, count: number): Promise<void> {
    const came = new Promise<void>((resolve) => {
      const stop = store.onDidChangeState(({ bytes, follow, parts }) => {
        const last = parts.at(-1)
        if (follow !== 'following' || bytes === 0 || last?.kind !== 'lines' || last.count !== count) return
        stop()
        resolve()
      })
    })
    renameSync(file(), file('x.log.1'))
    writeFileSync(file(), lines(text, count))
    await came
  }

  it('leads to the same line after a rotation and a reload, and into the older file once it is shown', async () => {
    const before = await seqOf('first 40')
    await rotatedHere('second', 70)
    const after = await seqOf('second 60')
    assert.equal(await seqOf('first 40'), before)
    await reopen()
    assert.equal(await lineAt(after), 'second 60')
    assert.equal(await lineAt(before), undefined)
    await store.prepend(file('x.log.1'))
    assert.deepEqual([await lineAt(before), await lineAt(after)], ['first 40', 'second 60'])
  })

  it('leads to no other line when the file was rotated while nobody looked', async () => {
    const before = await seqOf('first 40')
    await reopen(() => {
      renameSync(file(), file('x.log.1'))
      writeFileSync(file(), lines('other', 500))
    })
    assert.equal(await lineAt(before), undefined)
    const after = await seqOf('other 7')
    // As an unpacked copy has another inode.
    copyFileSync(file('x.log.1'), file('copy'))
    await store.prepend(file('copy'), file('x.log.1.gz'))
    assert.deepEqual([await lineAt(before), await lineAt(after)], ['first 40', 'other 7'])
  })

  it('stays when the file grew, or older files of unknown contents are put before', async () => {
    const before = await seqOf('first 40')
    await reopen(() => {
      appendFileSync(file(), lines('more', 10))
    })
    assert.equal(await lineAt(before), 'first 40')
    for (const name of ['a', 'b', 'c']) {
      writeFileSync(file(name), lines(name, 20))
      await store.prepend(file(name))
    }
    const older = await seqOf('b 3')
    assert.equal(await lineAt(before), 'first 40')
    await reopen()
    for (const name of ['a', 'b']) await store.prepend(file(name))
    assert.deepEqual([await lineAt(before), await lineAt(older)], ['first 40', 'b 3'])
  })

  it('is void when the file was copied and truncated', async () => {
    const before = await seqOf('first 40')
    await reopen(() => {
      copyFileSync(file(), file('x.log.1'))
      truncateSync(file())
      appendFileSync(file(), lines('later', 100))
    })
    assert.equal(await lineAt(before), undefined)
    await store.prepend(file('x.log.1'))
    assert.equal(await lineAt(before), 'first 40')
  })

  it('is bounded, in numbers and in what is kept', async () => {
    for (let i = 0; i < 30; i++) {
      await reopen(() => {
        renameSync(file(), file(`x.log.${String(i)}`))
        writeFileSync(file(), lines(`round ${String(i)}`, 10))
      })
    }
    assert.equal(store.state.contents.length, 20)
    const [known] = store.state.contents
    assert.ok(known)
    contents = [{ ...known, seqBase: 2 ** 46 }]
    await store.close()
    await open()
    assert.ok((await seqOf('round 29 5')) < 2 ** 43)
    assert.ok(readFileSync(file()).length > 0)
  })

  it('can be put before without end only as long as there are numbers', async () => {
    writeFileSync(file('older'), lines('older', 2))
    let shown = 0
    await assert.rejects(
      async () => {
        for (; shown < 100; shown++) {
          // Each is another content.
          writeFileSync(file('older'), lines(`older ${String(shown)}`, 2))
          await store.prepend(file('older'))
        }
      },
      { code: 'too_many_files' },
    )
    assert.ok(shown > 50)
  })
})
