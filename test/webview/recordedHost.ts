/** Stands in for the editor around a recorded run: the real bridge over the log in `globalThis.recordedLog`, put there before. */
import { z } from 'zod'
import { PanelBridge, type BridgeActions } from '../../src/core/panel/bridge'
import { localTransports } from '../../src/core/panel/localTransport'
import { memoryRun } from '../../src/core/panel/memoryRun'
import { recordedInfo } from '../../src/core/panel/recordedInfo'
import type { RunHead, RunMetadata } from '../../src/shared/events/schema'
import type { ToHost } from '../../src/shared/protocol/contract'
import { validateRequest } from '../../src/shared/protocol/validate'

// zod would try `new Function`, which the page's policy forbids and reports.
z.config({ jitless: true })

declare const recordedLog: string
const asked: string[] = []
Object.assign(globalThis, { asked })
const { panel, host } = localTransports()
let state: unknown

Object.assign(globalThis, {
  acquireVsCodeApi: () => ({
    postMessage: (message: ToHost) => {
      panel.post(JSON.parse(JSON.stringify(message)) as ToHost)
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
void memoryRun(info, new TextEncoder().encode(recordedLog)).then((run) => {
  new PanelBridge(run, actions, host, { restored: false, validate: validateRequest })
  // Requests that came before it wait for a greeting.
  window.postMessage({ type: 'notification', name: 'reset', value: {} }, '*')
})
