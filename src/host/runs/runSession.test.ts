import assert from 'node:assert/strict'
import { startLog, temporaryFolder } from '../../../test/fakes/logs'
import type { Bookmark } from '../../shared/protocol/contract'
import { changeMarkers } from '../panel/markers'
import { RunSession, type SessionServices } from './runSession'

describe('a run that somebody looks at', () => {
  const folder = temporaryFolder()

  it('tells of markers that others set, also where it is itself the first to see them', async () => {
    const log = startLog(folder.path)
    await log.emit({ phase: 'search_query', data: { query: 'bees', index: 0 } })
    const services = { log: () => undefined, recover: () => undefined } as unknown as SessionServices
    // Nobody tells of this log: it is not closed, and no recorder is registered for it.
    const session = await RunSession.open(log.path, services)
    try {
      const marked = new Promise<readonly Bookmark[]>((resolve) => {
        session.onDidMark(resolve)
      })
      const bookmark = { seq: 0, time: 5, name: 'here', text: 'here' }
      await changeMarkers(log.path, { how: 'add', bookmark })
      assert.deepEqual(await marked, [bookmark])
    } finally {
      session.dispose()
      await log.finish()
    }
  })
})
