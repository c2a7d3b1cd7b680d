/** The panels of followed files: one a set of files, opened, found again, and restored after a reload of the window. */
import * as vscode from 'vscode'
import { z } from 'zod'
import { plural } from '../../shared/lib/format'
import { viewTypes } from '../../shared/manifest'
import type { Container } from '../container'
import { followActions } from '../follow/followActions'
import { FollowSession } from '../follow/followSession'
import { tooManyFiles } from '../follow/tooManyFiles'
import { errorText } from '../userMessages'
import { PanelBridge } from './bridge'
import { panelHtml } from './html'
import type { PanelShell } from './shell'
import { webviewTransport } from './transport'

/** The files as JSON: what a panel leaves with the editor to be restored from. */
const restoredState = z.looseObject({ files: z.string() })
const filesSchema = z.array(z.string().min(1)).min(1).max(256)

interface Open {
  readonly panel: vscode.WebviewPanel
  files: readonly string[]
  readonly ready: Promise<void>
}

export class FollowPanels {
  private readonly open_ = new Set<Open>()

  constructor(
    private readonly container: Container,
    private readonly shell: PanelShell,
  ) {}

  /** Shows the panel of these files; makes it when there is none. @throws UserError when there are too many, or one is no file */
  async open(files: readonly string[]): Promise<void> {
    const wanted = [...new Set(files)]
    const known = [...this.open_].find((open) => isSame(open.files, wanted))
    if (known !== undefined) {
      known.panel.reveal()
      return known.ready
    }
    this.checkCount(wanted)
    const panel = vscode.window.createWebviewPanel(
      viewTypes.run,
      'Log File',
      vscode.ViewColumn.Active,
      this.shell.options,
    )
    await this.fill(panel, wanted, false)
  }

  /** Takes over a panel that the editor kept. Returns false when it is of something else. */
  async restore(panel: vscode.WebviewPanel, state: unknown): Promise<boolean> {
    const parsed = restoredState.safeParse(state)
    if (!parsed.success) return false
    const files = filesOf(parsed.data.files)
    if (files === undefined || [...this.open_].some((open) => isSame(open.files, files))) {
      panel.dispose()
      return true
    }
    panel.webview.options = this.shell.options
    try {
      this.checkCount(files)
      await this.fill(panel, files, true)
    } catch (error) {
      panel.dispose()
      this.container.log.warn(errorText(error))
    }
    return true
  }

  private checkCount(files: readonly string[]): void {
    const followed = new Set([...this.open_].flatMap((open) => open.files))
    const limit = this.container.settings.get('follow.maxFiles')
    const more = files.filter((file) => !followed.has(file))
    if (followed.size + more.length > limit) throw tooManyFiles(more, followed.size, limit)
  }

  private fill(panel: vscode.WebviewPanel, files: readonly string[], restored: boolean): Promise<void> {
    panel.iconPath = this.shell.icon
    const open: Open = { panel, files, ready: this.connect(panel, files, restored) }
    this.open_.add(open)
    panel.onDidDispose(() => {
      this.open_.delete(open)
    })
    return open.ready.catch((error: unknown) => {
      panel.dispose()
      throw error
    })
  }

  private async connect(panel: vscode.WebviewPanel, files: readonly string[], restored: boolean): Promise<void> {
    panel.title = titleOf(files)
    let isDisposed = false
    panel.onDidDispose(() => {
      isDisposed = true
    })
    const session = await FollowSession.open(this.container, files, {
      restored,
      add: (more) => this.addTo(panel, files, more),
    })
    // Closed while it was opened.
    if (wasDisposed()) {
      session.dispose()
      return
    }
    const bridge = new PanelBridge(
      session,
      followActions(this.container, session),
      webviewTransport(panel.webview),
      restored,
    )
    panel.onDidChangeViewState(() => {
      bridge.setVisible(panel.visible)
    })
    panel.onDidDispose(() => {
      bridge.dispose()
      session.dispose()
    })
    panel.webview.html = panelHtml(panel.webview, this.shell.assets, { files: JSON.stringify(files) })

    function wasDisposed(): boolean {
      return isDisposed
    }
  }

  /** Files that join a panel: a panel with all of them takes its place. */
  private async addTo(panel: vscode.WebviewPanel, files: readonly string[], more: readonly string[]): Promise<void> {
    const all = [...new Set([...files, ...more])]
    if (all.length === files.length) return
    this.checkCount(more)
    const column = panel.viewColumn
    const next = vscode.window.createWebviewPanel(
      viewTypes.run,
      'Log File',
      column ?? vscode.ViewColumn.Active,
      this.shell.options,
    )
    // The old one goes when the new one is there: a file that can't be followed costs nothing.
    await this.fill(next, all, false)
    panel.dispose()
  }
}

function titleOf(files: readonly string[]): string {
  const [first = ''] = files
  const name = first.split(/[/\\]/).at(-1) ?? first
  return files.length === 1 ? name : `${name} and ${plural(files.length - 1, 'more', 'more')}`
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((file) => b.includes(file))
}

function filesOf(key: string): readonly string[] | undefined {
  try {
    const parsed = filesSchema.safeParse(JSON.parse(key))
    return parsed.success ? parsed.data : undefined
  } catch {
    // A panel of a version to come: it is not ours to restore.
    return undefined
  }
}
