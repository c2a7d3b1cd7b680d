/** What tests of a panel in the real editor share: an editor with folders of its own, and where in its panel they look. */
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Locator } from 'playwright-core'
import { Editor, type EditorOptions } from '../editor/editor'

declare const __PROJECT_ROOT__: string
const shots = process.env['TAPEDECK_SHOTS']

interface Folders {
  /** Where its state and its temporary files lie (`state`, `data`, `tmp`). */
  readonly home: string
  readonly workspace: string
}

/**
 * Starts an editor before the tests of the suite that calls it, and ends it after them.
 * @param prepare fills the folders before the editor is there
 */
export function useEditor(prepare: (folders: Folders) => Promise<Pick<EditorOptions, 'settings'>>) {
  let folders: Folders
  let editor: Editor
  const at = (id: string): Locator => editor.webviewFrame().locator(`[data-testid="${id}"]`)
  const shot = async (name: string): Promise<void> => {
    if (shots !== undefined) await editor.screenshot(path.join(shots, `${name}.png`))
  }

  before(async () => {
    const [home = '', workspace = ''] = await Promise.all(
      ['home', 'workspace'].map((name) => mkdtemp(path.join(os.tmpdir(), `tapedeck-${name}-`))),
    )
    folders = { home, workspace }
    await mkdir(path.join(home, 'tmp'))
    const env = { XDG_STATE_HOME: 'state', XDG_DATA_HOME: 'data', TMPDIR: 'tmp' }
    editor = await Editor.start({
      workspace,
      extension: { folder: __PROJECT_ROOT__ },
      ...(await prepare(folders)),
      env: Object.fromEntries(Object.entries(env).map(([name, folder]) => [name, path.join(home, folder)])),
    })
  })

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return
    await shot(`failed ${this.currentTest.title.slice(0, 40)}`)
    // Where no picture can be looked at.
    const text = await editor.webviewFrame().locator('body').innerText({ timeout: 2000 }).catch(String)
    console.log(`the panel said: ${text.slice(0, 1500)}`)
  })

  after(async () => {
    await editor.close()
    for (const folder of Object.values(folders) as string[]) await rm(folder, { recursive: true, force: true })
  })

  return {
    get editor() {
      return editor
    },
    get home() {
      return folders.home
    },
    get workspace() {
      return folders.workspace
    },
    at,
    shot,
    feed: () => at('feed'),
    row: (text: string | RegExp) => editor.webviewFrame().locator('[data-testid="event-row"]', { hasText: text }),
    state: (word: string) =>
      editor.webviewFrame().locator('[data-testid="run-state"]', { hasText: new RegExp(`^${word}$`) }),
    /** The paths of the run logs. */
    recorded: (): string[] => {
      const folder = path.join(folders.workspace, '.tapedeck', 'runs')
      const names = existsSync(folder) ? readdirSync(folder) : []
      return names.filter((name) => /Z-[a-z0-9]{6}\.json$/.test(name)).map((name) => path.join(folder, name))
    },
  }
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50))
}
