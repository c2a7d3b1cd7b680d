/** Citations out of a message's references: each address once for each place of the text that cites it. */
import type { EventDraft } from '../../../shared/events/schema'
import { defined, field, listField, numberField, stringField, type Json } from '../json'
import { plainText } from './searches'

interface Place {
  readonly start?: number | undefined
  readonly end?: number | undefined
  readonly matched_text?: string | undefined
}

/** Types of references whose items cite, and the kind that their citations get. */
const listKinds: Readonly<Record<string, { items: readonly string[]; kind: string }>> = {
  grouped_webpages: { items: ['items', 'fallback_items'], kind: 'webpage' },
  grouped_webpages_v2: { items: ['items', 'fallback_items'], kind: 'webpage' },
  grouped_webpages_model_predicted_fallback: { items: ['items', 'fallback_items'], kind: 'webpage' },
  sources_footnote: { items: ['sources'], kind: 'footnote' },
  nav_list: { items: ['items'], kind: 'related' },
  image_group: { items: ['images', 'items'], kind: 'image' },
  products: { items: ['products'], kind: 'product' },
  product_entity: { items: ['products'], kind: 'product' },
  businesses_map: { items: ['businesses'], kind: 'business' },
}
const singleKinds: Readonly<Record<string, string>> = {
  webpage: 'webpage',
  webpage_extended: 'webpage',
  image: 'image',
  image_v2: 'image',
  image_inline: 'image',
  video: 'video',
}

export class Citations {
  private count = 0
  private readonly seen = new Set<string>()

  constructor(private readonly emit: (draft: EventDraft) => void) {}

  metadata(messageId: string, metadata: Json): void {
    for (const reference of listField(metadata, 'content_references')) this.reference(messageId, reference)
    for (const citation of listField(metadata, 'citations')) this.oldCitation(messageId, citation)
  }

  private reference(messageId: string, reference: unknown): void {
    const type = stringField(reference, 'type') ?? ''
    const place: Place = {
      start: numberField(reference, 'start_idx'),
      end: numberField(reference, 'end_idx'),
      matched_text: stringField(reference, 'matched_text'),
    }
    const single = Object.hasOwn(singleKinds, type) ? singleKinds[type] : undefined
    if (single !== undefined) this.item(messageId, reference, place, single, false)
    const list = Object.hasOwn(listKinds, type) ? listKinds[type] : undefined
    if (list === undefined) return
    for (const key of list.items) {
      for (const item of listField(reference, key)) {
        this.item(messageId, item, list.kind === 'footnote' ? {} : place, list.kind, false)
        for (const site of listField(item, 'supporting_websites')) this.item(messageId, site, place, list.kind, true)
      }
    }
  }

  private oldCitation(messageId: string, citation: unknown): void {
    const metadata = field(citation, 'metadata')
    const place = { start: numberField(citation, 'start_ix'), end: numberField(citation, 'end_ix') }
    this.item(messageId, metadata, place, stringField(metadata, 'type') ?? 'webpage', false)
  }

  private item(
    messageId: string,
    item: unknown,
    { start, end, matched_text }: Place,
    kind: string,
    supporting: boolean,
  ): void {
    const url = stringField(item, 'url') ?? stringField(item, 'website_url') ?? stringField(item, 'content_url')
    if (url === undefined || url === '') return
    const key = JSON.stringify([messageId, url, start, kind])
    if (this.seen.has(key)) return
    this.seen.add(key)
    const title = stringField(item, 'title') ?? stringField(item, 'name')
    const snippet = plainText(stringField(item, 'snippet') ?? stringField(item, 'text'))
    this.emit({
      phase: 'citation',
      data: {
        url,
        index: this.count++,
        kind,
        ...defined({ title, snippet, start, end, matched_text, supporting: supporting || undefined }),
      },
    })
  }
}
