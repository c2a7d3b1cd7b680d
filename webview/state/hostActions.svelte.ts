/** What a person asks of the host in a panel, and what they are told when it could not be done. */
import type { ExportFormat, RequestName } from '../../src/shared/protocol/contract'
import {
  createClient,
  RequestError,
  type CallOptions,
  type CallParams,
  type Client,
} from '../../src/shared/protocol/peer'
import type { OutputLink } from '../lib/outputText'
import type { Place } from '../transport'
import type { Notice } from './launch.svelte'

export abstract class HostActions {
  notice = $state.raw<Notice>()
  stopRequested = $state(false)
  /** What was just done, for who hears the panel. */
  said = $state('')
  protected readonly client: Client

  constructor(protected readonly place: Place) {
    this.client = createClient(place.transport)
  }

  async stop(how: 'polite' | 'force'): Promise<void> {
    this.stopRequested = true
    if (!(await this.act('run/stop', { how }))) this.stopRequested = false
  }

  async compare(): Promise<void> {
    await this.act('run/compare', {})
  }

  async manage(what: CallParams<'run/manage'>['what']): Promise<void> {
    await this.act('run/manage', { what })
  }

  async exportRun(format: ExportFormat): Promise<void> {
    await this.act('run/export', { format })
  }

  async openLog(): Promise<void> {
    await this.act('run/openLog', {})
  }

  async showOutput(): Promise<void> {
    await this.act('output/show', {})
  }

  async deleteRun(): Promise<void> {
    await this.act('run/delete', {})
  }

  async copy(text: string): Promise<boolean> {
    return this.act('clipboard/write', { text })
  }

  async openLink(url: string): Promise<void> {
    await this.act('link/open', { url })
  }

  /** Opens what a line of output names: a file in an editor, an address after the editor's own question. */
  async follow(link: OutputLink): Promise<void> {
    if (link.kind === 'web') await this.openLink(link.url)
    else
      await this.openFile({
        path: link.path,
        ...(link.line === undefined ? {} : { line: link.line }),
        ...(link.column === undefined ? {} : { column: link.column }),
      })
  }

  async openFile(place: { path: string; line?: number; column?: number }): Promise<void> {
    await this.act('file/open', place)
  }

  /**
   * Sends what a person asked for.
   * @param isTold whether they are told when it could not be done
   */
  async act<N extends RequestName>(name: N, params: CallParams<N>, isTold = true): Promise<boolean> {
    // These may wait for a person: a file to choose, a question to answer.
    const options: CallOptions = { timeoutMs: 0 }
    try {
      await this.client.call(name, params, options)
      return true
    } catch (error) {
      if (isTold) this.showProblem(error)
      return false
    }
  }

  showProblem(error: unknown): void {
    if (error instanceof RequestError && ['cancelled', 'disposed', 'no_view'].includes(error.code)) return
    this.notice = { level: 'error', text: error instanceof Error ? error.message : String(error) }
  }

  /** Told to who sees the panel, too. */
  tell(text: string): void {
    this.notice = { level: 'warning', text }
  }

  /** Told to who hears the panel, again when it is the same. */
  say(text: string): void {
    this.said = this.said === text ? `${text}\u00a0` : text
  }
}
