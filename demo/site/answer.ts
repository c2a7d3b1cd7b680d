/** Turns a topic's answer into deltas: text in small pieces, markers split over them, references that resolve later. */
import type { DeltaWriter, PatchItem } from './frames'
import type { Segment, Source, Topic } from './prose'
import { FIRST_BATCH_SOURCES } from './prose'
import type { Step } from './plan'

const MARKER_OPEN = '\u{E200}'
const MARKER_SEPARATOR = '\u{E202}'
const MARKER_CLOSE = '\u{E201}'

/** A source's place in the results: which batch found it, and its position there. */
export interface RefId {
  readonly turn_index: number
  readonly ref_type: 'search'
  readonly ref_index: number
}

/** The place of the source with this number in a topic's list. */
export function refId(number: number): RefId {
  const second = number >= FIRST_BATCH_SOURCES
  return { turn_index: second ? 1 : 0, ref_type: 'search', ref_index: second ? number - FIRST_BATCH_SOURCES : number }
}

/** The inline marker that cites these sources. */
export function marker(numbers: readonly number[]): string {
  const tokens = numbers.map((number) => {
    const ref = refId(number)
    return `turn${String(ref.turn_index)}search${String(ref.ref_index)}`
  })
  return `${MARKER_OPEN}cite${MARKER_SEPARATOR}${tokens.join(MARKER_SEPARATOR)}${MARKER_CLOSE}`
}

/** One entry of `search_result_groups[].entries`. */
export function resultEntry(source: Source, number: number): Record<string, unknown> {
  return {
    type: 'search_result',
    url: source.url,
    title: source.title,
    snippet: source.snippet,
    pub_date: source.published,
    attribution: source.attribution,
    ref_id: refId(number),
  }
}

/** A reference as it is when its sources are known. Offsets count UTF-16 units of the text with its markers. */
function resolvedReference(topic: Topic, numbers: readonly number[], start: number): Record<string, unknown> {
  const matched = marker(numbers)
  const item = (number: number, supporting: readonly number[]): Record<string, unknown> => {
    const source = topic.sources[number]
    if (source === undefined) throw new RangeError(`the topic has no source ${String(number)}`)
    return {
      title: source.title,
      url: source.url,
      pub_date: source.published,
      snippet: source.snippet,
      attribution: source.attribution,
      refs: [refId(number)],
      ...(supporting.length > 0 ? { supporting_websites: supporting.map((other) => item(other, [])) } : {}),
    }
  }
  const [main = 0, ...supporting] = numbers
  const source = topic.sources[main]
  return {
    matched_text: matched,
    start_idx: start,
    end_idx: start + matched.length,
    alt: `([${source?.title ?? ''}](${source?.url ?? ''}))`,
    type: 'grouped_webpages',
    items: [{ supporting_websites: [], ...item(main, supporting) }],
    fallback_items: null,
    safe_urls: numbers.map((number) => topic.sources[number]?.url ?? ''),
    refs: [],
    status: 'done',
    error: null,
    style: null,
  }
}

/** Splits text into pieces of about `size` characters, at word ends; the joined pieces are the text. */
export function pieces(text: string, size: number): string[] {
  const out: string[] = []
  let piece = ''
  for (const word of text.match(/\s*\S+\s*?/gu) ?? []) {
    piece += word
    if (piece.length >= size) {
      out.push(piece)
      piece = ''
    }
  }
  const rest = text.slice(out.join('').length)
  if (rest !== '') out.push(rest)
  return out
}

/** The pause between the deltas of an answer: 60 to 100 ms, the same every time. */
export function pauseAt(index: number): number {
  return 60 + ((index * 17) % 41)
}

const TEXT_PATH = '/message/content/parts/0'
const REFERENCES_PATH = '/message/metadata/content_references'

/**
 * The deltas that write an answer into the writer's current channel. A marker begins in one delta, with a reference of type
 * `hidden`, and ends in the next, with the resolved reference in its place. Every third step is cut in the middle.
 */
export function answerSteps(
  writer: DeltaWriter,
  topic: Topic,
  segments: readonly Segment[],
  pieceSize: number,
): Step[] {
  const steps: Step[] = []
  let length = 0
  let references = 0
  const push = (text: string): void => {
    steps.push({ text, pauseMs: pauseAt(steps.length), ...(steps.length % 3 === 1 ? { cut: true } : {}) })
  }
  for (const segment of segments) {
    if (typeof segment === 'string') {
      for (const piece of pieces(segment, pieceSize)) push(writer.append(TEXT_PATH, piece))
      length += segment.length
      continue
    }
    const whole = marker(segment.cite)
    const middle = Math.ceil(whole.length / 2)
    const hidden = { matched_text: whole, start_idx: length, end_idx: length + whole.length, type: 'hidden' }
    const opened: PatchItem[] = [
      { p: TEXT_PATH, o: 'append', v: whole.slice(0, middle) },
      { p: REFERENCES_PATH, o: 'append', v: [hidden] },
    ]
    const closed: PatchItem[] = [
      { p: TEXT_PATH, o: 'append', v: whole.slice(middle) },
      {
        p: `${REFERENCES_PATH}/${String(references)}`,
        o: 'replace',
        v: resolvedReference(topic, segment.cite, length),
      },
    ]
    push(writer.patch(opened))
    push(writer.patch(closed))
    references += 1
    length += whole.length
  }
  return steps
}

/** The list of all cited sources that follows an answer; it has no span of its own. */
export function sourcesFootnote(topic: Topic, segments: readonly Segment[]): Record<string, unknown> {
  const cited = new Set(segments.flatMap((segment) => (typeof segment === 'string' ? [] : segment.cite)))
  const length = segments
    .map((segment) => (typeof segment === 'string' ? segment : marker(segment.cite)))
    .join('').length
  return {
    matched_text: ' ',
    start_idx: length,
    end_idx: length,
    alt: '',
    type: 'sources_footnote',
    sources: [...cited].map((number) => {
      const source = topic.sources[number]
      return { title: source?.title ?? '', url: source?.url ?? '', attribution: source?.attribution ?? '' }
    }),
    has_images: false,
  }
}
