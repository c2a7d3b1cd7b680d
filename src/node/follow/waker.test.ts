import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { FollowedText } from '../../../test/fakes/followedText'
import { temporaryFolder } from '../../../test/fakes/logs'
import { systemNews, type FolderNews } from './folderNews'

/** Tells nothing by itself. */
class FakeNews implements FolderNews {
  readonly open = new Map<string, { onNews(name: string | null): void; onEnd(): void }>()
  refusal: string | undefined
  isFolderSilent = false
  watched = 0

  watch(folder: string, onNews: (name: string | null) => void, onEnd: () => void): { close(): void } {
    if (this.refusal !== undefined) throw Object.assign(new Error(this.refusal), { code: this.refusal })
    this.watched++
    this.open.set(folder, { onNews, onEnd })
    return { close: () => this.open.delete(folder) }
  }

  isSilent(): Promise<boolean> {
    return Promise.resolve(this.isFolderSilent)
  }
}

describe('the waker of a follower', () => {
  const folder = temporaryFolder()
  let news: FakeNews
  let followed: FollowedText
  let file = ''
  let count = 0

  beforeEach(() => {
    news = new FakeNews()
    file = path.join(folder.path, 'x.log')
    count = 0
    writeFileSync(file, '')
    followed = new FollowedText(file, 'start', news)
  })
  afterEach(async () => {
    await followed.close()
    assert.equal(news.open.size, 0)
  })

  async function appendAndRead(): Promise<void> {
    appendFileSync(file, `line ${String(count++)}\n`)
    await followed.until(() => followed.lines.length === count)
  }

  for (const code of ['ENOSPC', 'EMFILE']) {
    it(`looks by itself where the system has no watcher left (${code}), and says so once`, async () => {
      news.refusal = code
      await followed.follower.start()
      for (let i = 0; i < 4; i++) await appendAndRead()
      assert.equal(followed.notices.length, 1)
      assert.match(
        followed.notices[0] ?? '',
        /can't be watched \(the system has no watcher left\); it is looked at 17 times/,
      )
    })
  }

  it('watches as soon as there is a watcher again', async () => {
    news.refusal = 'ENOSPC'
    await followed.follower.start()
    await appendAndRead()
    news.refusal = undefined
    await appendAndRead()
    await appendAndRead()
    assert.deepEqual([...news.open.keys()], [folder.path])
  })

  it('looks by itself on a file system that is known to tell nothing', async () => {
    news.isFolderSilent = true
    await followed.follower.start()
    await followed.until(() => followed.notices.length === 1)
    assert.match(followed.notices[0] ?? '', /does not tell of changes, as network drives do/)
    assert.equal(news.open.size, 0)
    await appendAndRead()
  })

  it('finds out when a folder tells nothing', async () => {
    await followed.follower.start()
    assert.equal(news.open.size, 1)
    while (followed.notices.length === 0) await appendAndRead()
    assert.ok(count >= 3)
    assert.match(followed.notices[0] ?? '', /does not tell of changes/)
    assert.equal(news.open.size, 0)
    await appendAndRead()
  })

  it('does not take a folder for silent that tells now and then', async () => {
    await followed.follower.start()
    for (let i = 0; i < 6; i++) {
      await appendAndRead()
      news.open.get(folder.path)?.onNews('other')
    }
    assert.deepEqual(followed.notices, [])
    assert.equal(news.open.size, 1)
  })

  it('watches anew when a watcher ends', async () => {
    await followed.follower.start()
    news.open.get(folder.path)?.onEnd()
    assert.equal(news.open.size, 0)
    await appendAndRead()
    await followed.follower.look()
    assert.equal(news.watched, 2)
  })

  it('watches the folder of each link on the way', async () => {
    for (const name of ['one', 'two']) mkdirSync(path.join(folder.path, name))
    const first = path.join(folder.path, 'one', 'first.log')
    symlinkSync(path.join(folder.path, 'two', 'second.log'), first)
    const link = path.join(folder.path, 'link.log')
    symlinkSync(first, link)
    const other = new FollowedText(link, 'start', news)
    await other.follower.start()
    assert.deepEqual([...news.open.keys()], [folder.path, path.join(folder.path, 'one'), path.join(folder.path, 'two')])
    await other.close()
  })
})

describe('the news of a folder', () => {
  const folder = temporaryFolder()

  it('say when the folder itself is moved away', async () => {
    const watched = path.join(folder.path, 'logs')
    mkdirSync(watched)
    const moved = new Promise<void>((resolve) => {
      const watcher = systemNews.watch(
        watched,
        (name) => {
          if (name !== null) return
          watcher.close()
          resolve()
        },
        () => undefined,
      )
    })
    renameSync(watched, `${watched}.old`)
    await moved
  })

  it('are not silent on a disk', async () => {
    assert.equal(await systemNews.isSilent(folder.path), false)
    await assert.rejects(systemNews.isSilent(path.join(folder.path, 'nowhere')))
  })
})
