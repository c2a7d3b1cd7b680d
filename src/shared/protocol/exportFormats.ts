/** The formats of an export, in the order in which a person chooses one. */
import type { RunKind } from '../events/schema'
import type { ExportFormat } from './contract'

export interface ExportFormatInfo {
  readonly format: ExportFormat
  readonly label: string
  readonly description: string
  /** Of the file, without the dot. */
  readonly extension: string
  /** Other kinds of runs have nothing for it. */
  readonly only?: RunKind
}

export const exportFormats: readonly ExportFormatInfo[] = [
  { format: 'json', label: 'JSON', description: 'the log as it is', extension: 'json' },
  { format: 'ndjson', label: 'NDJSON', description: 'one event a line', extension: 'ndjson' },
  { format: 'html', label: 'HTML', description: 'the run in this panel, for any browser', extension: 'html' },
  { format: 'markdown', label: 'Markdown', description: 'a report to read and to share', extension: 'md' },
  { format: 'text', label: 'Text', description: 'lines or answers as plain text', extension: 'txt' },
  {
    format: 'har',
    label: 'HAR',
    description: 'requests and bodies, for network tools',
    extension: 'har',
    only: 'capture',
  },
  { format: 'csv', label: 'CSV', description: 'search queries and sources', extension: 'csv', only: 'capture' },
  {
    format: 'asciicast',
    label: 'asciicast',
    description: 'the output with its times, for terminal players',
    extension: 'cast',
    only: 'launch',
  },
]

/** Those that a run of this kind can be written in. */
export function exportFormatsOf(kind: RunKind): readonly ExportFormatInfo[] {
  return exportFormats.filter(({ only }) => only === undefined || only === kind)
}
