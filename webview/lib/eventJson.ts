/** An event as it can be pasted elsewhere. */
import type { DetailInfo } from '../../src/shared/protocol/contract'
import type { Row } from '../../src/shared/protocol/rows'

/** JSON with two spaces, as the log has it; of a damaged line what is there, without the detail the row's text. */
export function eventJson(row: Row, info: DetailInfo | undefined): string {
  if (info === undefined) return row.text
  if (info.partial === true) return info.fields
  const data =
    info.raw === undefined
      ? info.fields
      : info.fields.replace(
          /\n?\}$/,
          `${info.fields === '{}' ? '' : ','}\n  "raw": ${info.raw.replaceAll('\n', '\n  ')}\n}`,
        )
  return `{\n  "seq": ${String(info.seq ?? row.seq)},\n  "timestamp": ${JSON.stringify(info.timestamp ?? '')},\n  "phase": ${JSON.stringify(info.phase ?? row.phase)},\n  "data": ${data.replaceAll('\n', '\n  ')}\n}`
}
