import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { temporaryFolder } from '../../../test/fakes/logs'
import { FileFollower } from './fileFollower'
import { FollowedText } from '../../../test/fakes/followedText'

const ROUNDS = 1000

function count(kinds: readonly string[], wanted: string): number {
  return kinds.filter((kind) => kind === wanted).length
}

describe('the resources of a follower', () => {
  const folder = temporaryFolder()

  const descriptors = (): number => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0)
  const resources = (): string[] => process.getActiveResourcesInfo().toSorted()

  it('are all released after 1,000 opens and closes', async () => {
    const file = path.join(folder.path, 'x.log')
    writeFileSync(file, 'a line\n')
    const open = async (name: string): Promise<void> => {
      const followed = new FollowedText(name)
      await followed.follower.start()
      await followed.close()
    }
    // What is loaded at the first use stays.
    await open(file)
    await open(path.join(folder.path, 'not', 'there.log'))
    await setTimeout(50)
    const before = { descriptors: descriptors(), resources: resources() }
    for (let i = 0; i < ROUNDS; i++) {
      await open(i % 10 === 0 ? path.join(folder.path, 'not', 'there.log') : file)
    }
    // Watchers close a turn later.
    await setTimeout(100)
    assert.ok(descriptors() <= before.descriptors)
    // Those of other tests may end meanwhile.
    const left = resources()
    for (const kind of new Set(left)) assert.ok(count(left, kind) <= count(before.resources, kind), kind)
  })

  it('are released while a reader holds it up', async () => {
    const file = path.join(folder.path, 'x.log')
    writeFileSync(file, 'a line\n')
    const before = descriptors()
    let follower: FileFollower | undefined
    await new Promise<void>((resolve) => {
      follower = new FileFollower(
        file,
        { from: 'start' },
        {
          bytes: () => {
            resolve()
            return new Promise(() => undefined)
          },
          file: () => undefined,
        },
      )
      void follower.start()
    })
    await follower?.close()
    await setTimeout(20)
    assert.ok(descriptors() <= before)
  })
})
