/** What the tests of captures need: a capture with a profile of its own, and a look at the machine's processes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { SourceHandle } from '../../../core/source'
import { eventData, type EventData, type EventDraft, type Phase } from '../../../shared/events/schema'
import { browserSource, type CaptureOptions } from '../browserSource'
import { findBrowser } from '../findBrowser'

/** A folder that the test removes. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'tapedeck-browser-'))
  return {
    path: folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The processes whose command line names this folder (Linux). */
export function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes(folder)
      } catch {
        // Ended while we looked.
        return false
      }
    })
}

/** Resolves when no process names the folder any more; the test's own time limit ends a vain wait. */
export async function allGone(folder: string): Promise<void> {
  while (processesOf(folder).length > 0) await delay(20)
}

/** The events of a capture, checked against the schema as they come. */
export class Events {
  readonly all: EventDraft[] = []
  readonly problems: string[] = []
  private watchers: (() => void)[] = []

  add(draft: EventDraft): void {
    const checked = eventData[draft.phase].safeParse(draft.data)
    if (!checked.success) this.problems.push(`${draft.phase}: ${checked.error.message}`)
    this.all.push(draft)
    for (const watcher of [...this.watchers]) watcher()
  }

  of<P extends Phase>(phase: P): EventData<P>[] {
    return this.all.filter((draft) => draft.phase === phase).map(({ data }) => data as EventData<P>)
  }

  /** The statuses of the browser, in order. */
  get statuses(): string[] {
    return this.of('browser_status').map(({ status }) => status)
  }

  /** What the answer says in the end. */
  get answer(): string {
    return this.of('assistant_delta').reduce((text, delta) => (delta.rewrite === true ? '' : text) + delta.text, '')
  }

  /** The text of one request's body, as the log has it. */
  body(requestId: string): string {
    return this.of('network_body')
      .filter(({ request_id, direction }) => request_id === requestId && direction === undefined)
      .map(({ text }) => text ?? '')
      .join('')
  }

  /** Resolves with the first event, past or to come, that is looked for. */
  async first<T>(find: (draft: EventDraft) => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      let seen = 0
      const look = (): void => {
        for (; seen < this.all.length; seen++) {
          const draft = this.all[seen]
          const found = draft && find(draft)
          if (found === undefined) continue
          this.watchers = this.watchers.filter((watcher) => watcher !== look)
          resolve(found)
          return
        }
      }
      this.watchers.push(look)
      look()
    })
  }

  /** Resolves when the browser told this status. */
  async status(status: string): Promise<void> {
    await this.first((draft) => (draft.phase === 'browser_status' && draft.data.status === status ? true : undefined))
  }
}

/** A capture that runs. */
export interface RunningCapture {
  readonly handle: SourceHandle
  readonly events: Events
}

let captures = 0

/** Opens a headless capture, with what most tests want unless they say otherwise. */
export async function startCapture(
  options: Partial<CaptureOptions> & Pick<CaptureOptions, 'url'>,
): Promise<RunningCapture> {
  const events = new Events()
  const source = browserSource({
    headless: true,
    timeoutMs: 18_000,
    webSearch: 'auto',
    bodies: 'streams',
    captureId: `capture-${String(++captures)}`,
    ...options,
  })
  const handle = await source.open({
    emit: (draft) => {
      events.add(draft)
      return undefined
    },
    log: () => undefined,
    output: () => undefined,
    endOutput: () => undefined,
    openLog: () => undefined,
    launched: () => undefined,
  })
  return { handle, events }
}

/** A browser that somebody else started, with its debugging port open. */
export interface ForeignBrowser {
  readonly cdpUrl: string
  /** The pages that it shows now. */
  pages(): Promise<{ readonly id: string; readonly url: string }[]>
  closePage(id: string): Promise<void>
  close(): Promise<void>
}

/** Starts one. */
export async function startForeignBrowser(): Promise<ForeignBrowser> {
  const profile = temporaryFolder()
  const flags =
    '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --window-size=1280,900'
  const child: ChildProcess = spawn(
    findBrowser(undefined).path,
    [...flags.split(' '), '--remote-debugging-port=0', `--user-data-dir=${profile.path}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  if (child.stderr === null) throw new Error('the browser has no stderr')
  let port = ''
  for await (const line of createInterface(child.stderr)) {
    port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1] ?? ''
    if (port !== '') break
  }
  child.stderr.resume()
  const cdpUrl = `http://127.0.0.1:${port}`
  return {
    cdpUrl,
    pages: async () => {
      const targets = (await (await fetch(`${cdpUrl}/json/list`)).json()) as { id: string; url: string; type: string }[]
      return targets.filter(({ type }) => type === 'page').map(({ id, url }) => ({ id, url }))
    },
    closePage: async (id) => {
      await fetch(`${cdpUrl}/json/close/${id}`)
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      }
      await allGone(profile.path)
      profile.remove()
    },
  }
}
