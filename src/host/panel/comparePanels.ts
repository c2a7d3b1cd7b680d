/** The panels that show two runs side by side: one for two logs, brought back after a reload of the window. */
import path from 'node:path'
import * as vscode from 'vscode'
import { z } from 'zod'
import { compareInThread, type ComparedLogs } from '../../node/compare/compareThread'
import { checkLink } from '../../core/panel/checkLink'
import { readNotes } from '../../node/runlog/notes'
import { readLogInfo } from '../../node/runlog/reader'
import { viewTypes } from '../../shared/manifest'
import { createServer, type Handlers, type Server } from '../../shared/protocol/peer'
import { validateRequest } from '../../shared/protocol/validate'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { longTime } from '../editorTime'
import { errorText } from '../userMessages'
import { panelHtml } from './html'
import { PanelShell } from './shell'
import { webviewTransport } from './transport'

/** Paths of two logs. */
const logsSchema = z.object({ left: z.string(), right: z.string() })
type Logs = z.infer<typeof logsSchema>
/** What a panel leaves with the editor to be restored from. */
const restoredState = z.looseObject({ compare: logsSchema })

const TITLE_CHARS = 30

export class ComparePanels {
  private readonly open_ = new Map<string, vscode.WebviewPanel>()
  private readonly shell: PanelShell

  constructor(private readonly container: Container) {
    this.shell = new PanelShell(container)
  }

  /**
   * Shows two logs side by side; makes the panel when there is none of these two.
   * @throws UserError when one of them can't be read, or both are one
   */
  async open(left: string, right: string): Promise<void> {
    if (left === right) {
      throw new UserError('A run is not compared with itself: choose two.', 'same_run', 'bad_input')
    }
    const logs = { left, right }
    const known = this.open_.get(keyOf(logs))
    if (known !== undefined) {
      known.reveal()
      return
    }
    // Before there is a panel: one that can't show anything is none.
    const titles = await titlesOf(logs)
    const place = { viewColumn: vscode.ViewColumn.Active }
    this.fill(vscode.window.createWebviewPanel(viewTypes.compare, 'Compare', place, this.shell.options), logs, titles)
  }

  /** Takes over a panel that the editor kept; one whose runs are gone closes. */
  async restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const parsed = restoredState.safeParse(state)
    if (!parsed.success || this.open_.has(keyOf(parsed.data.compare))) {
      panel.dispose()
      return
    }
    const logs = parsed.data.compare
    try {
      const titles = await titlesOf(logs)
      panel.webview.options = this.shell.options
      this.fill(panel, logs, titles)
    } catch (error) {
      this.container.log.warn(errorText(error))
      panel.dispose()
    }
  }

  private fill(panel: vscode.WebviewPanel, logs: Logs, titles: Logs): void {
    const key = keyOf(logs)
    this.open_.set(key, panel)
    const name = (swapped: boolean): void => {
      panel.title = swapped ? `${titles.right} \u2194 ${titles.left}` : `${titles.left} \u2194 ${titles.right}`
    }
    name(false)
    panel.iconPath = this.shell.icon
    const server: Server = createServer(webviewTransport(panel.webview), {
      handlers: this.handlersOf(logs, name, (done) => {
        server.notify('compare/progress', { done })
      }),
      validate: validateRequest,
      onDefect: (error, request) => {
        this.container.log.error(`comparison, ${request}: ${errorText(error)}`)
      },
    })
    panel.onDidChangeViewState(() => {
      // The page of a hidden panel is gone: nobody waits for what it asked.
      if (!panel.visible) server.forget()
    })
    panel.onDidDispose(() => {
      this.open_.delete(key)
      server.dispose()
    })
    panel.webview.html = panelHtml(panel.webview, this.shell.assets, { compare: JSON.stringify(logs) })
  }

  private handlersOf(
    logs: Logs,
    name: (swapped: boolean) => void,
    onProgress: (done: number) => void,
  ): Partial<Handlers> {
    const script = path.join(this.container.context.extensionPath, 'dist', 'compareWorker.js')
    let known: ComparedLogs | undefined
    return {
      'compare/get': async ({ swapped, again }, signal) => {
        if (known === undefined || again === true) {
          known = await compareInThread(script, logs, { signal, onProgress })
        }
        name(swapped)
        return swapped ? known.swapped : known.comparison
      },
      'compare/open': async ({ side, seq }) => {
        const { panels } = this.container
        await (seq === undefined ? panels?.open(logs[side]) : panels?.goTo(logs[side], seq))
        return {}
      },
      'link/open': async ({ url }) => {
        checkLink(url)
        await vscode.env.openExternal(vscode.Uri.parse(url, true))
        return {}
      },
    }
  }
}

function keyOf({ left, right }: Logs): string {
  return JSON.stringify([left, right])
}

/** @throws UserError when one of them can't be read */
async function titlesOf({ left, right }: Logs): Promise<Logs> {
  const [one, other] = [await titleOf(left), await titleOf(right)]
  if (one.title !== other.title) return { left: one.title, right: other.title }
  // By when they began; by their ids where that is the same.
  const [first, second] = [one, other].map(({ startedAt }) => longTime(new Date(startedAt)))
  const told = first === second ? [left, right].map((log) => path.basename(log, '.json').slice(-6)) : [first, second]
  return { left: `${one.title} · ${told[0] ?? ''}`, right: `${other.title} · ${told[1] ?? ''}` }
}

async function titleOf(logPath: string): Promise<{ readonly title: string; readonly startedAt: string }> {
  const { head } = await readLogInfo(logPath)
  // A damaged notes file costs the name that the person gave, nothing more.
  const notes = await readNotes(logPath).catch(() => undefined)
  const title = notes?.title ?? head.title
  const short = title.length > TITLE_CHARS ? `${title.slice(0, TITLE_CHARS - 1)}…` : title
  return { title: short, startedAt: head.started_at }
}
