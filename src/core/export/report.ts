/** What every report says of a run, besides what happened in it: what it is called, how it ended, and what was marked. */
import { formatDuration } from '../../shared/lib/format'
import type { Notes } from '../../shared/events/notes'
import type { AnyEvent, RunHead, RunMetadata } from '../../shared/events/schema'
import { escapeMarkdown } from './markdownText'

/** What is known of a run beside its head and its events. */
export interface AboutRun {
  /** Of a run that is over. */
  readonly metadata?: RunMetadata
  /** What a person said of it. */
  readonly notes?: Pick<Notes, 'title' | 'tags' | 'markers'>
}

/** What a person calls a run; it may differ from what the recorder called it. */
export function reportTitle(head: RunHead, { notes }: AboutRun): string {
  return notes?.title ?? head.title
}

/** The heading of a report, and a line of facts. @param facts what there is to say besides, as plain text */
export function reportHead(head: RunHead, about: AboutRun, facts: readonly string[] = []): string {
  const { metadata, notes } = about
  const title = reportTitle(head, about)
  const state = metadata === undefined ? 'not closed' : metadata.status
  const lasted = metadata?.duration_ms === undefined ? [] : [formatDuration(metadata.duration_ms)]
  const imported = typeof head['imported_from'] === 'string' ? [`imported from ${head['imported_from']}`] : []
  const tags = (notes?.tags ?? []).map((tag) => `#${tag}`)
  const own = title === head.title ? [] : [`recorded as ${head.title}`]
  const line = [head.started_at, state, ...lasted, ...facts, ...own, ...imported, ...tags].map(escapeMarkdown)
  return `# ${escapeMarkdown(title)}\n\n${line.join(' · ')}\n`
}

interface ReportMarker {
  readonly seq: number
  /** Milliseconds since the epoch; 0 where none is known. */
  readonly time: number
  readonly name: string
}

const MAX_MARKERS = 2000

/** The markers of a run: those that are in its log, and those that its notes have. */
export class ReportMarkers {
  private readonly found: ReportMarker[]
  private leftOut = 0

  constructor({ notes }: AboutRun) {
    this.found = [...(notes?.markers ?? [])]
  }

  /** Any event of the log. */
  add({ phase, seq, timestamp, data }: AnyEvent): void {
    if (phase !== 'marker') return
    const { name } = data
    if (this.found.length >= MAX_MARKERS) this.leftOut++
    else this.found.push({ seq, time: Date.parse(timestamp), name: typeof name === 'string' ? name : '' })
  }

  /** In their order; a bound's worth. */
  get list(): readonly ReportMarker[] {
    return [...this.found].sort((a, b) => a.seq - b.seq)
  }

  /** "" where nothing is marked. */
  section(): string {
    if (this.found.length === 0) return ''
    const lines = markerLines(this.list).map((line) => `- ${escapeMarkdown(line)}\n`)
    const more = this.leftOut === 0 ? '' : `\n${String(this.leftOut)} more are in the log.\n`
    return `\n## Markers\n\n${lines.join('')}${more}`
  }
}

/** "2026-11-20T03:30:05.231Z  deployed" */
export function markerLines(markers: readonly ReportMarker[]): string[] {
  return markers.map(({ time, name }) => [...timeOf(time), name].join('  '))
}

function timeOf(time: number): string[] {
  const date = new Date(time)
  return time > 0 && !Number.isNaN(date.getTime()) ? [date.toISOString()] : []
}
