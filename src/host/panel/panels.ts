/** The panels: one a run, opened, found again, and restored after a reload of the window. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'
import { z } from 'zod'
import { Emitter } from '../../shared/lib/emitter'
import { formatTime } from '../../shared/lib/format'
import { viewTypes } from '../../shared/manifest'
import type { Container, Panels } from '../container'
import type { FollowTarget } from '../follow/followTarget'
import type { TextQuery } from '../../shared/protocol/rows'
import type { RunSession } from '../runs/runSession'
import { errorText, showError } from '../userMessages'
import { panelActions } from './actions'
import { PanelBridge } from '../../core/panel/bridge'
import { validateRequest } from '../../shared/protocol/validate'
import { FollowPanels } from './followPanels'
import { panelHtml } from './html'
import { PanelShell } from './shell'
import { webviewTransport } from './transport'

/** What a panel leaves with the editor to be restored from; the rest of it is the webview's own. */
const restoredState = z.looseObject({ run: z.string() })

const REOPEN_AFTER_MS = 2000

interface Open {
  readonly panel: vscode.WebviewPanel
  readonly ready: Promise<PanelBridge>
  /** It is the editor of the log's file: the editor names it and brings it back. */
  readonly isEditor: boolean
}

class RunPanels implements Panels {
  private readonly open_ = new Map<string, Open>()
  private readonly shown = new Map<vscode.WebviewPanel, RunSession>()
  /** The logs of all panels and editors: one log may have several. */
  private readonly logs = new Map<vscode.WebviewPanel, string>()

  private readonly changedOpen = new Emitter<readonly string[]>()
  readonly onDidChangeOpen = this.changedOpen.event
  private readonly remembered: readonly string[]
  /** Panels of the last session: the editor brings each back when it is looked at. */
  private readonly unrestored: Set<string>
  private readonly shell: PanelShell
  private readonly followed: FollowPanels

  constructor(private readonly container: Container) {
    this.shell = new PanelShell(container)
    this.followed = new FollowPanels(container, this.shell)
    this.remembered = this.recall()
    this.unrestored = new Set(this.remembered)
  }

  follow(target: FollowTarget): Promise<void> {
    return this.followed.open(target)
  }

  async open(logPath: string, preserveFocus = false): Promise<void> {
    const known = this.open_.get(logPath)
    if (known !== undefined) {
      known.panel.reveal(undefined, preserveFocus)
      await known.ready
      return
    }
    const place = { viewColumn: vscode.ViewColumn.Active, preserveFocus }
    const panel = vscode.window.createWebviewPanel(viewTypes.run, 'Run', place, this.shell.options)
    await this.fill(panel, logPath, false)
  }

  async goTo(logPath: string, seq: number, found?: TextQuery): Promise<void> {
    await this.open(logPath)
    const bridge = await this.open_.get(logPath)?.ready
    bridge?.goTo(seq, found)
  }

  async replay(logPath: string): Promise<void> {
    await this.open(logPath)
    const bridge = await this.open_.get(logPath)?.ready
    bridge?.startReplay()
  }

  /** Takes over a panel that the editor kept; one whose run is gone closes. */
  async restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    if (await this.followed.restore(panel, state)) return
    const parsed = restoredState.safeParse(state)
    if (!parsed.success || this.open_.has(parsed.data.run)) {
      panel.dispose()
      return
    }
    panel.webview.options = this.shell.options
    try {
      await this.fill(panel, parsed.data.run, true)
    } catch (error) {
      this.container.log.warn(errorText(error))
    }
  }

  /** Shows a log in the editor of its file. */
  async adopt(panel: vscode.WebviewPanel, logPath: string): Promise<void> {
    panel.webview.options = this.shell.options
    const bridge = await this.connect(panel, logPath, false, true)
    // A panel of its own that is open already stays the one that is found again.
    if (this.open_.has(logPath)) return
    const open = { panel, ready: Promise.resolve(bridge), isEditor: true }
    this.open_.set(logPath, open)
    this.remember()
    panel.onDidDispose(() => {
      if (this.open_.get(logPath) !== open) return
      this.open_.delete(logPath)
      this.remember()
    })
  }

  close(logPath: string): void {
    this.open_.get(logPath)?.panel.dispose()
    for (const [panel, log] of [...this.logs]) if (log === logPath) panel.dispose()
  }

  get openLogs(): readonly string[] {
    return [...new Set([...this.open_.keys(), ...this.logs.values(), ...this.unrestored])]
  }

  get inFront(): string | undefined {
    return [...this.open_].find(([, { panel }]) => panel.active)?.[0]
  }

  isInFront(logPath: string): boolean {
    return this.open_.get(logPath)?.panel.active === true && vscode.window.state.focused
  }

  isOpening(logPath: string): boolean {
    return this.open_.has(logPath) || this.remembered.includes(logPath)
  }

  /**
   * Opens the panels of live runs that were open when the last extension host ended and that the editor has not brought
   * back: it forgets them when the host dies, and may when the window is reloaded right after they were opened.
   */
  async reopenLive(): Promise<void> {
    const live = new Set(this.container.runs.active.map((session) => session.path))
    for (const logPath of this.remembered) {
      if (live.has(logPath) && !this.open_.has(logPath)) await this.open(logPath)
    }
  }

  private get memory(): string {
    return path.join(
      (this.container.context.storageUri ?? this.container.context.globalStorageUri).fsPath,
      'panels.json',
    )
  }

  private recall(): readonly string[] {
    try {
      return z.array(z.string()).parse(JSON.parse(readFileSync(this.memory, 'utf8')))
    } catch {
      // Never written, or not ours: no panel was open.
      return []
    }
  }

  private remember(): void {
    this.changedOpen.fire(this.openLogs)
    try {
      const paths = [...this.open_].filter(([, { isEditor }]) => !isEditor).map(([logPath]) => logPath)
      mkdirSync(path.dirname(this.memory), { recursive: true })
      writeFileSync(this.memory, JSON.stringify(paths))
    } catch (error) {
      this.container.log.warn(errorText(error))
    }
  }

  private async fill(panel: vscode.WebviewPanel, logPath: string, restored: boolean): Promise<void> {
    this.unrestored.delete(logPath)
    const ready = this.connect(panel, logPath, restored, false)
    this.open_.set(logPath, { panel, ready, isEditor: false })
    panel.onDidDispose(() => {
      this.open_.delete(logPath)
      this.remember()
    })
    this.remember()
    try {
      await ready
    } catch (error) {
      panel.dispose()
      throw error
    }
  }

  /** The title of the run; where several have the same, each with the time of its start, and a number where that is the same. */
  private nameAll(): void {
    const titles = [...this.shown.values()].map(({ info }) => info.title)
    const given = new Set<string>()
    for (const [panel, { info }] of this.shown) {
      const short = info.title.length > 40 ? `${info.title.slice(0, 39)}…` : info.title
      const isAlone = titles.filter((title) => title === info.title).length === 1
      const named = isAlone ? short : `${short} · ${formatTime(Date.parse(info.started_at)).slice(0, 8)}`
      let title = named
      for (let number = 2; given.has(title); number++) title = `${named} (${String(number)})`
      given.add(title)
      if (panel.title !== title) panel.title = title
    }
  }

  /** @throws Error where the panel was closed while its log was opened */
  private bridgeOf(panel: vscode.WebviewPanel, session: RunSession, restored: boolean): PanelBridge {
    try {
      return new PanelBridge(session, panelActions(this.container, session), webviewTransport(panel.webview), {
        restored,
        validate: validateRequest,
      })
    } catch (error) {
      this.container.runs.release(session)
      throw error
    }
  }

  private async connect(
    panel: vscode.WebviewPanel,
    logPath: string,
    restored: boolean,
    isEditor: boolean,
  ): Promise<PanelBridge> {
    const { runs } = this.container
    const session = await runs.acquire(logPath)
    const bridge = this.bridgeOf(panel, session, restored)
    this.logs.set(panel, logPath)
    this.changedOpen.fire(this.openLogs)
    panel.onDidChangeViewState(() => {
      bridge.setVisible(panel.visible)
    })
    const name = (): void => {
      this.nameAll()
    }
    if (!isEditor) {
      this.shown.set(panel, session)
      panel.iconPath = this.shell.icon
      name()
    }
    const stopNaming = session.onDidChange(name)
    panel.onDidDispose(() => {
      stopNaming()
      this.shown.delete(panel)
      this.logs.delete(panel)
      this.changedOpen.fire(this.openLogs)
      name()
      bridge.dispose()
      runs.release(session)
    })
    panel.webview.html = panelHtml(panel.webview, this.shell.assets, { run: logPath })
    return bridge
  }
}

export function registerPanels(container: Container): void {
  const panels = new RunPanels(container)
  container.panels = panels
  // The editor restores panels by itself in the first moments; what is missing after that comes from our own memory.
  const reopening = setTimeout(() => {
    panels.reopenLive().catch((error: unknown) => {
      container.log.error(errorText(error))
    })
  }, REOPEN_AFTER_MS)
  container.context.subscriptions.push({
    dispose: () => {
      clearTimeout(reopening)
    },
  })
  container.context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(viewTypes.run, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        try {
          await panels.restore(panel, state)
        } catch (error) {
          showError(error, container.log)
        }
      },
    }),
  )
}
