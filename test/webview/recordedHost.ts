/** Stands in for the editor around a recorded run: the real bridge over the log in `globalThis.recordedLog`, put there before. */
import { PanelBridge, type BridgeActions } from '../../src/core/panel/bridge'
import { localTransports } from '../../src/core/panel/localTransport'
import { memoryRun } from '../../src/core/panel/memoryRun'
import { recordedInfo } from '../../src/core/panel/recordedInfo'
import type { RunHead, RunMetadata } from '../../src/shared/events/schema'
import type { ToHost } from '../../src/shared/protocol/contract'

declare const recordedLog: string
const asked: string[] = []
Object.assign(globalThis, { asked })
const { panel, host } = localTransports()
let state: unknown

Object.assign(globalThis, {
  acquireVsCodeApi: () => ({
    postMessage: (message: ToHost) => {
      const copy = JSON.parse(JSON.stringify(message)) as ToHost
      void ready.then(() => {
        panel.post(copy)
      })
    },
    getState: () => state,
    setState: (value: unknown) => {
      state = value
    },
  }),
})
panel.onMessage((message) => {
  window.postMessage(JSON.parse(JSON.stringify(message)), '*')
})

const actions = new Proxy({} as BridgeActions, {
  get: (_target, name) => (argument: unknown) => {
    if (name === 'habits') return {}
    if (name === 'bookmarks' || name === 'savedFilters') return []
    asked.push(`${String(name)} ${JSON.stringify(argument)}`)
    return Promise.resolve()
  },
})

const lines = recordedLog.trimEnd().split('\n')
const { head } = JSON.parse(`${lines[0] ?? ''}]}`) as { head: RunHead }
const { metadata } = JSON.parse(`{"events":[${lines.at(-1) ?? ''}`) as { metadata: RunMetadata }
const info = { ...recordedInfo(head, metadata), state: 'failed' as const, elapsed_ms: 0, path: '/x/run.json' }
const ready = memoryRun(info, new TextEncoder().encode(recordedLog)).then((run) => {
  new PanelBridge(run, actions, host, { restored: false, validate: (_name, data) => ({ success: true, data }) })
})
