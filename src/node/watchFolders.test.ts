import assert from 'node:assert/strict'
import { once, EventEmitter } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../test/fakes/logs'
import { watchFolders } from './watchFolders'

describe('watching folders', () => {
  const home = temporaryFolder()
  let watcher: { close(): Promise<void> } | undefined

  afterEach(() => watcher?.close())

  const start = (folders: readonly string[]): (() => Promise<unknown>) => {
    const told = new EventEmitter()
    watcher = watchFolders(
      folders,
      (file) => file.endsWith('.json'),
      () => told.emit('change'),
      (error) => {
        assert.fail(String(error))
      },
    )
    return () => once(told, 'change')
  }

  it('sees files of a folder that comes later, with all that is above it', async () => {
    const [one, two] = [path.join(home.path, 'a', 'b', 'c'), path.join(home.path, 'd')]
    const change = start([one, two])
    let told = change()
    mkdirSync(one, { recursive: true })
    writeFileSync(path.join(one, 'x.json'), '')
    await told
    // Made again and again until it is seen: the watch of a folder that just came is not there at once.
    for (const folder of [one, two]) {
      mkdirSync(folder, { recursive: true })
      told = change()
      let number = 0
      const again = setInterval(() => {
        writeFileSync(path.join(folder, `${String(number++)}.json`), '')
      }, 20)
      await told
      clearInterval(again)
    }
  })

  it('sees a folder that is deleted and comes back', async () => {
    const folder = path.join(home.path, 'e', 'f')
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'x.json'), '')
    const change = start([folder])
    let told = change()
    let number = 0
    const touch = setInterval(() => {
      writeFileSync(path.join(folder, `${String(number++)}.json`), '')
    }, 20)
    await told
    clearInterval(touch)
    told = change()
    rmSync(path.join(home.path, 'e'), { recursive: true })
    await told
    told = change()
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'z.json'), '')
    await told
  })
})
