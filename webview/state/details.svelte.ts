/** The event that is shown in full. */
import type { DetailInfo } from '../../src/shared/protocol/contract'
import type { Client } from '../../src/shared/protocol/peer'
import type { Row } from '../../src/shared/protocol/rows'

export interface OpenDetail {
  readonly row: Row
  readonly info?: DetailInfo
  readonly problem?: string
  /** A filter keeps it out of the list. */
  readonly isHidden?: boolean
}

export class Details {
  open = $state.raw<OpenDetail>()
  private request: AbortController | undefined

  constructor(
    private readonly client: Client,
    /** Called when another event is open, or none. */
    private readonly onIntent: () => void,
  ) {}

  /** Shows an event. The row is shown at once, its fields when they come. */
  async show(row: Row, isHidden = false): Promise<void> {
    this.request?.abort()
    const request = new AbortController()
    this.request = request
    this.open = this.open?.row.position === row.position ? { ...this.open, isHidden } : { row, isHidden }
    this.onIntent()
    try {
      const info = await this.client.call('detail/get', { position: row.position }, { signal: request.signal })
      this.open = { row, info, isHidden }
    } catch (error) {
      if (request.signal.aborted) return
      this.open = { row, isHidden, problem: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Shows the event of that number, if the run has it, whether the list shows it or not. */
  async showEvent(seq: number, isHidden = false): Promise<void> {
    const { view } = await this.client.call('view/open', { query: {} })
    try {
      const { position } = await this.client.call('position/find', { view, at: { seq } })
      const { rows } = await this.client.call('rows/get', { view, from: position, to: position + 1 })
      const row = rows[0]
      if (row?.seq === seq) await this.show(row, isHidden)
    } finally {
      await this.client.call('view/close', { view })
    }
  }

  close(): void {
    this.request?.abort()
    this.open = undefined
    this.onIntent()
  }
}
