/** One event in full, as a panel shows it. */
import type { EventStore } from '../store/eventStore'
import type { DetailInfo } from '../../shared/protocol/contract'
import { jsonText } from '../jsonText'
import { parsedOf } from './parsedLine'
import { recordedEntry } from './recordedEntry'

/**
 * @param run of a followed file the store knows itself which lines belong together
 * @throws RangeError when there is no such position
 */
export async function detailOf(
  { store, follow }: { readonly store: EventStore; readonly follow?: unknown },
  position: number,
): Promise<DetailInfo> {
  const { bytes, event, text, entry: known } = await store.detail(position)
  if (event === undefined) return { position, bytes, fields: text ?? '', partial: true }
  const { raw, ...fields } = event.data
  const entry = follow === undefined ? await recordedEntry(store, position, event) : known
  const parsed = event.phase === 'log_line' ? await parsedOf(fields) : undefined
  return {
    position,
    bytes,
    seq: event.seq,
    timestamp: event.timestamp,
    phase: event.phase,
    fields: jsonText(fields, 2),
    ...(raw === undefined ? {} : { raw: jsonText(raw, 2) }),
    ...(parsed === undefined ? {} : { parsed }),
    ...(entry === undefined ? {} : { entry }),
  }
}
