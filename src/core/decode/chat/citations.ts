/**
 * Citations out of a message's references (facts on wire formats, 1.8). A reference is told when its addresses are known; what
 * changes in it later tells only the addresses that are new. Offsets are the site's own: they count its raw text, markers
 * included.
 */
import type { EventDraft } from '../../../shared/events/schema'
import type { RunCounters } from '../counters'
import type { Change } from '../deltaV1'
import { defined, field, isObject, listField, numberField, rawCopy, stringField, textField, type Json } from '../json'
import { plainText } from './searches'

interface ListKind {
  readonly items: readonly string[]
  readonly kind: string
}

const PAGES: ListKind = { items: ['items', 'fallback_items'], kind: 'webpage' }

/** Types of references whose items cite, and the kind that their citations get. */
const LISTS: Readonly<Record<string, ListKind>> = {
  grouped_webpages: PAGES,
  grouped_webpages_v2: PAGES,
  grouped_webpages_model_predicted_fallback: PAGES,
  sources_footnote: { items: ['sources'], kind: 'footnote' },
  nav_list: { items: ['items'], kind: 'nav_list' },
  image_group: { items: ['images', 'items'], kind: 'image' },
  products: { items: ['products'], kind: 'product' },
  product_entity: { items: ['products'], kind: 'product' },
  businesses_map: { items: ['businesses'], kind: 'business' },
}

/** Types of references that are themselves one citation, and its kind. */
const SINGLES: Readonly<Record<string, string>> = {
  webpage: 'webpage',
  webpage_extended: 'webpage',
  image: 'image',
  image_v2: 'image',
  image_inline: 'image',
  video: 'video',
}

/** `hidden` stands where a reference will be; the others change the text and cite nothing. */
const SILENT = new Set(['hidden', 'alt_text', 'attribution'])

const ADDRESSES = ['url', 'website_url', 'content_url', 'cloud_doc_url']

/** Fields of an item that an event has under its own names, or that are told as citations of their own. */
const NAMED = new Set([
  ...ADDRESSES,
  ...['title', 'name', 'snippet', 'text', 'type', 'start_idx', 'end_idx', 'matched_text'],
  ...['supporting_websites', 'items', 'cite_map'],
])
const MAX_RAW_CHARS = 4096

/** Where in a message a reference stands. */
interface Place {
  readonly messageId: string
  /** Its position in the message's list, and the list's name. */
  readonly slot: string
  readonly start?: number | undefined
  readonly end?: number | undefined
  readonly matched_text?: string | undefined
}

/** What a run's answers cite. */
export class Citations {
  private readonly seen = new Set<string>()

  constructor(
    private readonly emit: (draft: EventDraft) => void,
    private readonly counters: RunCounters,
  ) {}

  /** The whole metadata of a message; what was seen before is not told again. */
  metadata(messageId: string, metadata: Json): void {
    for (const [index, reference] of listField(metadata, 'content_references').entries()) {
      this.reference(messageId, index, reference)
    }
    for (const [index, citation] of listField(metadata, 'citations').entries()) {
      this.oldCitation(messageId, index, citation)
    }
  }

  /** One change inside a message's metadata; its path is relative to the metadata. Only the references that it touches are looked at. */
  changed(messageId: string, metadata: Json, { path, op, value }: Change): void {
    const [name, index] = path
    if (typeof name !== 'string') this.metadata(messageId, metadata)
    if (name !== 'content_references' && name !== 'citations') return
    const references = listField(metadata, name)
    const tell = (at: number): void => {
      if (name === 'citations') this.oldCitation(messageId, at, references[at])
      else this.reference(messageId, at, references[at])
    }
    if (typeof index === 'number') tell(index)
    else if (op === 'append') {
      const count = Array.isArray(value) ? value.length : 1
      for (let at = Math.max(0, references.length - count); at < references.length; at++) tell(at)
    } else for (const at of references.keys()) tell(at)
  }

  private reference(messageId: string, index: number, reference: unknown): void {
    const type = stringField(reference, 'type') ?? ''
    if (SILENT.has(type)) return
    const place: Place = {
      messageId,
      slot: `reference ${String(index)}`,
      start: numberField(reference, 'start_idx'),
      end: numberField(reference, 'end_idx'),
      matched_text: stringField(reference, 'matched_text'),
    }
    const single = Object.hasOwn(SINGLES, type) ? SINGLES[type] : undefined
    const list = Object.hasOwn(LISTS, type) ? LISTS[type] : undefined
    if (single !== undefined) this.item(place, reference, single, type, false)
    else if (list !== undefined)
      this.items(list.kind === 'footnote' ? { messageId, slot: place.slot } : place, reference, list, type)
    else this.unknown(place, reference, type)
  }

  private items(place: Place, reference: unknown, { items, kind }: ListKind, type: string): void {
    for (const key of items) {
      for (const item of listField(reference, key)) {
        this.item(place, item, kind, type, false)
        for (const site of listField(item, 'supporting_websites')) this.item(place, site, kind, type, true)
      }
    }
  }

  /** A type of later days: its own address, those of its items, and those of a map of citations. */
  private unknown(place: Place, reference: unknown, type: string): void {
    const kind = type === '' ? 'other' : type
    this.item(place, reference, kind, type, false)
    this.items(place, reference, { items: ['items'], kind }, type)
    const map = field(reference, 'cite_map')
    if (isObject(map)) for (const item of Object.values(map)) this.item(place, item, kind, type, false)
  }

  private oldCitation(messageId: string, index: number, citation: unknown): void {
    const metadata = field(citation, 'metadata')
    const place: Place = {
      messageId,
      slot: `citation ${String(index)}`,
      start: numberField(citation, 'start_ix'),
      end: numberField(citation, 'end_ix'),
    }
    const type = textField(metadata, 'type') ?? 'webpage'
    this.item(place, metadata, type, type, false)
  }

  private item(place: Place, item: unknown, kind: string, type: string, supporting: boolean): void {
    const url = addressOf(item)
    if (url === undefined) return
    const { messageId, slot, start, end, matched_text } = place
    // The same list may come with another order, the same place with another offset: either is enough to know it again.
    const keys = [JSON.stringify([messageId, slot, url, kind])]
    if (start !== undefined) keys.push(JSON.stringify([messageId, matched_text, start, url, kind]))
    const known = keys.some((key) => this.seen.has(key))
    for (const key of keys) this.seen.add(key)
    if (known) return
    const optional = {
      title: textField(item, 'title') ?? textField(item, 'name'),
      snippet: plainText(textField(item, 'snippet') ?? textField(item, 'text')),
      start,
      end,
      matched_text,
      supporting: supporting ? true : undefined,
      raw: rest(item, type),
    }
    this.emit({ phase: 'citation', data: { url, index: this.counters.nextCitation(), kind, ...defined(optional) } })
  }
}

function addressOf(item: unknown): string | undefined {
  return ADDRESSES.map((name) => textField(item, name)).find((url) => url !== undefined)
}

/** What no field of the event holds; just the type where that is too much (the bodies have everything). */
function rest(item: unknown, type: string): unknown {
  if (!isObject(item)) return undefined
  const isEmpty = (value: unknown): boolean =>
    value === null || value === '' || (Array.isArray(value) && value.length === 0)
  const entries = Object.entries(item).filter(([key, value]) => !NAMED.has(key) && !isEmpty(value))
  if (entries.length === 0) return undefined
  return rawCopy({ type, ...Object.fromEntries(entries) }, MAX_RAW_CHARS) ?? { type }
}
