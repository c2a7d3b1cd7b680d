/** Tells what the person should know while the panel is not in front: the end of a run, and that the chat waits for them. */
import * as vscode from 'vscode'
import type { RunSession } from '../runs/runSession'
import { commands } from '../../shared/manifest'
import type { Container } from '../container'
import { exitText } from '../runs/present'
import { errorText } from '../userMessages'

/** The states in which the chat waits for a person; what there is to do stands in the event's `detail`. */
const WAITING = new Set(['authentication_required', 'human_needed'])

const SHOW = 'Show'
const RERUN = 'Re-run'

export function registerEndNotifications(container: Container): void {
  const { context, log, runs, settings } = container
  const watches = new Map<RunSession, () => void>()
  const stops = [
    runs.onDidStart((session) => {
      if (session.info.kind === 'capture') watches.set(session, watchForPerson(container, session))
    }),
    runs.onDidEnd((session) => {
      watches.get(session)?.()
      watches.delete(session)
      const setting = session.info.state === 'failed' ? 'notifications.failed' : 'notifications.finished'
      if (settings.get(setting) && container.panels?.isInFront(session.path) !== true) tellEnd(container, session)
    }),
  ]
  context.subscriptions.push({
    dispose: () => {
      for (const stop of [...stops, ...watches.values()]) stop()
    },
  })
  log.trace('end notifications are on')
}

function tellEnd(container: Container, { info, path }: RunSession): void {
  const { title, state, kind, error } = info
  const reason = error ?? (state === 'failed' ? exitText(info) : undefined)
  const text = `${title}: ${state}${reason === undefined ? '' : `. ${reason}`}`
  const show = state === 'failed' ? vscode.window.showErrorMessage : vscode.window.showInformationMessage
  void show(text, SHOW, ...(kind === 'launch' ? [RERUN] : [])).then((choice) => {
    if (choice === SHOW) void container.panels?.open(path)
    if (choice === RERUN) void vscode.commands.executeCommand(commands.rerun, info.capture_id)
  })
}

/** Looks at each new browser_status; tells once each time the chat begins to wait. */
function watchForPerson(container: Container, session: RunSession): () => void {
  const { log, panels } = container
  let seen = 0
  let looking: Promise<void> = Promise.resolve()
  const look = async (): Promise<void> => {
    const view = await session.store.view({ phases: ['browser_status'] })
    try {
      const rows = await view.rows(seen, view.count)
      seen += rows.length
      for (const row of rows) {
        const { event } = await session.store.detail(row.position)
        if (event === undefined || !WAITING.has(String(event.data['status'])) || !session.isLive) continue
        if (panels?.isInFront(session.path) !== true) container.attention?.noteWaiting(session.captureId)
        const { detail } = event.data
        const words = typeof detail === 'string' ? detail : 'The chat waits for you.'
        void vscode.window.showWarningMessage(`${session.info.title}: ${words}`, SHOW).then((choice) => {
          if (choice !== undefined) void panels?.open(session.path)
        })
      }
    } finally {
      view.dispose()
    }
  }
  const next = (): void => {
    looking = looking.then(look).catch((error: unknown) => {
      log.error(errorText(error))
    })
  }
  next()
  return session.store.onDidGrow(next)
}
