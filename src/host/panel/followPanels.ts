/** The panels of followed files: one a set of files, opened, found again, and restored after a reload of the window. */
import * as vscode from 'vscode'
import { z } from 'zod'
import { viewTypes } from '../../shared/manifest'
import type { Container } from '../container'
import { followActions } from '../follow/followActions'
import { FollowSession } from '../follow/followSession'
import { isGrowing, isSameTarget, readTarget, titleOf, writeTarget, type FollowTarget } from '../follow/followTarget'
import { tooManyFiles } from '../follow/tooManyFiles'
import { errorText } from '../userMessages'
import { PanelBridge } from '../../core/panel/bridge'
import { validateRequest } from '../../shared/protocol/validate'
import { panelHtml } from './html'
import type { PanelShell } from './shell'
import { webviewTransport } from './transport'

/** What a panel leaves with the editor to be restored from (followTarget.ts). */
const restoredState = z.looseObject({ files: z.string() })

interface Open {
  readonly panel: vscode.WebviewPanel
  readonly target: FollowTarget
  /** Those that are followed now; packed ones are not. */
  readonly followed: Set<string>
  /** Those that match its pattern and are not followed. */
  readonly refused: Set<string>
  /** Whether it is there; false when the person cancelled it. */
  ready: Promise<boolean>
}

export class FollowPanels {
  private readonly open_ = new Set<Open>()

  constructor(
    private readonly container: Container,
    private readonly shell: PanelShell,
  ) {}

  /** Shows the panel of these files or this pattern; makes it when there is none. @throws UserError when there are too many, or one is no file */
  async open({ files, pattern }: FollowTarget): Promise<void> {
    const target = { files: [...new Set(files)], ...(pattern === undefined ? {} : { pattern }) }
    const known = this.find(target)
    if (known !== undefined) {
      known.panel.reveal()
      await known.ready
      return
    }
    this.checkCount(target.files)
    const panel = vscode.window.createWebviewPanel(
      viewTypes.run,
      'Log File',
      vscode.ViewColumn.Active,
      this.shell.options,
    )
    await this.fill(panel, target, false)
  }

  /** Takes over a panel that the editor kept. Returns false when it is of something else. */
  async restore(panel: vscode.WebviewPanel, state: unknown): Promise<boolean> {
    const parsed = restoredState.safeParse(state)
    if (!parsed.success) return false
    const target = readTarget(parsed.data.files)
    if (target === undefined || this.find(target) !== undefined) {
      panel.dispose()
      return true
    }
    panel.webview.options = this.shell.options
    try {
      this.checkCount(target.files)
      await this.fill(panel, target, true)
    } catch (error) {
      panel.dispose()
      this.container.log.warn(errorText(error))
    }
    return true
  }

  private find(target: FollowTarget): Open | undefined {
    return [...this.open_].find((open) => isSameTarget(open.target, target))
  }

  private get limit(): number {
    return this.container.settings.get('follow.maxFiles')
  }

  private get followed(): ReadonlySet<string> {
    return new Set([...this.open_].flatMap((open) => [...open.followed]))
  }

  private checkCount(files: readonly string[]): void {
    const { followed, limit } = this
    const more = files.filter((file) => isGrowing(file) && !followed.has(file))
    if (followed.size + more.length > limit) throw tooManyFiles(more, followed.size, limit)
  }

  /** Of files that match its pattern, those for which there is room; the others are told. */
  private admit(open: Open, files: readonly string[]): readonly string[] {
    const { followed, limit } = this
    const more = files.filter((file) => !followed.has(file))
    const refused = more.slice(Math.max(0, limit - followed.size))
    const admitted = files.filter((file) => !refused.includes(file))
    for (const file of admitted) open.followed.add(file)
    for (const file of refused) open.refused.add(file)
    if (refused.length > 0) {
      const message = `${tooManyFiles(refused, this.followed.size, limit).message} Then open the pattern again.`
      this.container.log.warn(message)
      void vscode.window.showWarningMessage(message)
    }
    return admitted
  }

  /** @returns false when the person cancelled it */
  private fill(panel: vscode.WebviewPanel, target: FollowTarget, restored: boolean): Promise<boolean> {
    panel.iconPath = this.shell.icon
    const followed = new Set(target.files.filter(isGrowing))
    const open: Open = { panel, target, followed, refused: new Set(), ready: Promise.resolve(true) }
    this.open_.add(open)
    panel.onDidDispose(() => {
      this.open_.delete(open)
    })
    open.ready = this.connect(open, restored).then(
      () => true,
      (error: unknown) => {
        panel.dispose()
        if (error instanceof vscode.CancellationError) return false
        throw error
      },
    )
    return open.ready
  }

  private async connect(open: Open, restored: boolean): Promise<void> {
    const { panel, target } = open
    panel.title = titleOf(target)
    const closing = new AbortController()
    panel.onDidDispose(() => {
      closing.abort()
    })
    const session = await FollowSession.open(this.container, target, {
      restored,
      closing: closing.signal,
      add: (more) => this.addTo(panel, target, more),
      admit: (files) => this.admit(open, files),
      giveUp: (file) => {
        open.followed.delete(file)
        open.refused.add(file)
      },
      refused: () => [...open.refused],
    })
    // Closed while it was opened.
    if (closing.signal.aborted) {
      session.dispose()
      return
    }
    const bridge = new PanelBridge(session, followActions(this.container, session), webviewTransport(panel.webview), {
      restored,
      validate: validateRequest,
    })
    panel.onDidChangeViewState(() => {
      bridge.setVisible(panel.visible)
    })
    panel.onDidDispose(() => {
      bridge.dispose()
      session.dispose()
    })
    panel.webview.html = panelHtml(panel.webview, this.shell.assets, { files: writeTarget(target) })
  }

  /** Files that join a panel: a panel with all of them takes its place. */
  private async addTo(panel: vscode.WebviewPanel, target: FollowTarget, more: readonly string[]): Promise<void> {
    const all = [...new Set([...target.files, ...more])]
    if (all.length === target.files.length) return
    this.checkCount(more)
    const column = panel.viewColumn
    const next = vscode.window.createWebviewPanel(
      viewTypes.run,
      'Log File',
      column ?? vscode.ViewColumn.Active,
      this.shell.options,
    )
    // The old one goes when the new one is there: a file that can't be followed costs nothing.
    if (await this.fill(next, { ...target, files: all }, false)) panel.dispose()
  }
}
