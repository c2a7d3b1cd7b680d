/** Drives a real VS Code as a person would: palette, quick inputs, panels, trees, notifications. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import type { FrameLocator, Locator, Page } from 'playwright-core'
import { settingsFileOf, startInstance, type EditorProgram, type Instance } from './instance'
import { descendants, endAll } from './processes'

export interface EditorOptions {
  /** The folder that is opened. */
  workspace: string
  /** The extension: a packed file that is installed, or the folder it is developed in. */
  extension: { vsix: string } | { folder: string }
  /** Settings on top of those that keep a window quiet, such as `{ 'workbench.colorTheme': 'Default Light Modern' }`. */
  settings?: Record<string, unknown>
  /** Whether the editor asks if the folder is trusted; default false: all is trusted. */
  workspaceTrust?: boolean
  /** Environment on top of this process's own. */
  env?: Record<string, string>
  /** Size of the window in CSS pixels; default 1400 x 900. */
  size?: { width: number; height: number }
  /** A module with `run(): Promise<void>` for tests inside the extension host. */
  testModule?: string
  onConsole?: (text: string) => void
  onTestsEnd?: (code: number) => void
}

/** Settings that keep a window the same at every start. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.startupPrompt': 'never',
}

/** The value of an environment variable that the test scripts set. */
function required(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set: start the tests with npm test`)
  return value
}

export class Editor {
  private settingsVersion = 0

  private constructor(
    private readonly instance: Instance,
    private readonly directory: string,
    /** Where the extension and its runners keep their state: XDG_STATE_HOME, XDG_DATA_HOME and XDG_RUNTIME_DIR lie below. */
    readonly homeDirectory: string,
  ) {}

  /**
   * Starts the editor of the set-up (environment variable TAPEDECK_EDITOR_PROGRAM, JSON) with fresh folders and waits
   * until its window is drawn.
   */
  static async start(options: EditorOptions): Promise<Editor> {
    const program = JSON.parse(required('TAPEDECK_EDITOR_PROGRAM')) as EditorProgram
    const directory = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-editor-'))
    const home = path.join(directory, 'home')
    await mkdir(path.join(home, 'runtime'), { recursive: true, mode: 0o700 })
    const settingsFile = settingsFileOf({ program, dataDirectory: directory })
    await mkdir(path.dirname(settingsFile), { recursive: true })
    await writeFile(settingsFile, JSON.stringify({ ...quietSettings, ...options.settings }, null, 2))
    const { env, size, workspaceTrust, settings: _written, ...rest } = options
    try {
      const instance = await startInstance({
        ...rest,
        program,
        node: process.execPath,
        browser: required('TAPEDECK_CHROMIUM'),
        dataDirectory: directory,
        workspaceTrust: workspaceTrust ?? false,
        size: size ?? { width: 1400, height: 900 },
        env: {
          ...process.env,
          XDG_STATE_HOME: path.join(home, 'state'),
          XDG_DATA_HOME: path.join(home, 'data'),
          XDG_RUNTIME_DIR: path.join(home, 'runtime'),
          ...env,
        },
      })
      const editor = new Editor(instance, directory, home)
      await editor.drawn()
      return editor
    } catch (error) {
      await rm(directory, { recursive: true, force: true })
      throw error
    }
  }

  /** The window, for everything that has no method here. */
  get page(): Page {
    return this.instance.page
  }

  private async drawn(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 })
    await this.page.locator('.statusbar-item').first().waitFor()
  }

  /** Runs a command by its title, such as `Tapedeck: Start Live Capture`, from the palette. */
  async runCommand(title: string): Promise<void> {
    const row = this.quickInputRows().first().filter({ hasText: title })
    for (let attempt = 0; ; attempt++) {
      await this.page.keyboard.press('F1')
      try {
        // A panel that has just been restored takes the keys, and the palette closes.
        await this.quickInput().fill(`>${title}`, { timeout: 5000 })
        // The list is filtered a moment after the typing; Enter before would run another command.
        await row.waitFor({ timeout: 2000 })
        break
      } catch (error) {
        // The palette lists the commands that there were when it opened: the extension may have come after that.
        if (attempt >= 10) throw error
        await this.page.keyboard.press('Escape')
      }
    }
    await this.page.keyboard.press('Enter')
    // What is typed next must not land in the palette, which closes a moment later.
    await row.waitFor({ state: 'hidden' })
  }

  /** The text field of the open quick input. */
  quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input:not([type=checkbox])')
  }

  /** The choices of the open quick pick. */
  quickInputRows(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row')
  }

  /** Waits for an input box with this text in it or around it, fills it and presses Enter. */
  async answerQuickInput(text: string, prompt?: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible')
    if (prompt !== undefined) await widget.filter({ hasText: prompt }).waitFor()
    await this.quickInput().fill(text)
    await this.page.keyboard.press('Enter')
  }

  /** Chooses the first row of the open quick pick that holds this text. */
  async pickQuickInput(text: string): Promise<void> {
    await this.quickInputRows().filter({ hasText: text }).first().click()
  }

  /** The content of the webview that is now visible. */
  webviewFrame(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame')
  }

  /** Items of the status bar. */
  statusBarItems(text?: string | RegExp): Locator {
    const items = this.page.locator('.statusbar-item')
    return text === undefined ? items : items.filter({ hasText: text })
  }

  /** Rows of the trees in the side bar. */
  treeRows(text?: string | RegExp): Locator {
    const rows = this.page.locator('.sidebar .monaco-list-row[role=treeitem]')
    return text === undefined ? rows : rows.filter({ hasText: text })
  }

  /** Messages of the notifications now shown. */
  notifications(text?: string | RegExp): Locator {
    const messages = this.page.locator('.notification-list-item-message')
    return text === undefined ? messages : messages.filter({ hasText: text })
  }

  /** Waits for a notification with this text; the notification centre is opened, since a driven window shows no toasts. */
  async notification(text: string | RegExp): Promise<Locator> {
    const centre = this.page.locator('.notifications-center.visible')
    const item = centre.locator('.notification-list-item').filter({ hasText: text }).first()
    const deadline = Date.now() + 30_000
    while (!(await item.isVisible())) {
      if (Date.now() > deadline) throw new Error(`no notification says ${String(text)}`)
      if (!(await centre.isVisible())) await this.runCommand('Notifications: Show Notifications')
      await item.waitFor({ timeout: 1000 }).catch(() => undefined)
    }
    return item
  }

  /** The button of a shown notification or modal dialog. */
  button(label: string): Locator {
    return this.page
      .locator('.notifications-toasts, .notifications-center, .monaco-dialog-box')
      .getByRole('button', { name: label, exact: true })
  }

  /** Opens a view container by the title in the activity bar, such as `Tapedeck`. */
  async openViewContainer(title: string): Promise<void> {
    await this.page.locator('.activitybar').getByRole('tab', { name: title }).click()
  }

  /** `Developer: Reload Window`; returns when the window is drawn again. */
  async reload(): Promise<void> {
    // The command lets the window save its state first; a bare reload of the page may lose what was opened just now.
    const loaded = this.page.waitForEvent('load')
    await this.runCommand('Developer: Reload Window')
    await loaded
    await this.drawn()
  }

  /**
   * The pid of the extension host; of several (one lingers after a reload) the youngest.
   * @throws Error where it can't be told: on the desktop, and where there is no /proc
   */
  extensionHostPid(): number {
    const hosts = descendants(this.instance.pid).filter((one) => one.command.includes('--type=extensionHost'))
    const last = hosts.sort((a, b) => a.pid - b.pid).at(-1)
    if (last === undefined) throw new Error('no extension host was found below the editor')
    return last.pid
  }

  /** Changes one setting; returns when the editor has read the file again. */
  async setSetting(key: string, value: unknown): Promise<void> {
    const file = this.instance.settingsFile
    const settings = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
    settings[key] = value
    // The window's title is a setting too: it shows which version of the file is in force.
    this.settingsVersion += 1
    const title = `settings ${String(this.settingsVersion)}`
    settings['window.title'] = title
    await writeFile(file, JSON.stringify(settings, null, 2))
    const deadline = Date.now() + 30_000
    // An extension in development puts a word of its own before it.
    while (!(await this.page.title()).endsWith(title)) {
      if (Date.now() > deadline) throw new Error(`the editor did not take the setting ${key} within 30 s`)
      await delay(50)
    }
  }

  /** Writes a picture of the window (PNG). */
  async screenshot(file: string): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true })
    await this.page.screenshot({ path: file })
  }

  /** Kills the whole editor at once, as a crash of the machine's session would: server and extension host, not what runs detached. */
  async crash(): Promise<void> {
    const below = descendants(this.instance.pid)
    const runners = below.filter((one) => one.command.includes('runner.js'))
    const ofRunners = new Set(runners.flatMap(({ pid }) => [pid, ...descendants(pid).map((one) => one.pid)]))
    endAll([...below.filter(({ pid }) => !ofRunners.has(pid)), { pid: this.instance.pid, parent: 0, command: '' }])
    await this.close()
  }

  /** Ends the window, the editor and its extension host, and removes their folders. Runs go on: they are detached. */
  async close(): Promise<void> {
    await this.instance.close()
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
