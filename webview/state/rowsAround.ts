/** The lines around a row, whatever the list shows. */
import type { Client } from '../../src/shared/protocol/peer'
import type { Row } from '../../src/shared/protocol/rows'
import { chatter } from '../lib/phases'

/** What comes between lines and is not drawn may be many times as much. */
const REACH = 40

/** The row and up to `lines` before and after it, in the order of the log, without what is hidden by itself. */
export async function rowsAround(client: Client, row: Row, lines: number): Promise<readonly Row[]> {
  const { view } = await client.call('view/open', { query: {} })
  try {
    const { position } = await client.call('position/find', { view, at: { seq: row.seq } })
    const from = Math.max(0, position - REACH)
    const { rows } = await client.call('rows/get', { view, from, to: position + REACH + 1 })
    const drawn = rows.filter((other) => other.seq === row.seq || !chatter.includes(other.phase))
    const at = drawn.findIndex((other) => other.seq === row.seq)
    return at < 0 ? [] : drawn.slice(Math.max(0, at - lines), at + lines + 1)
  } finally {
    await client.call('view/close', { view })
  }
}
