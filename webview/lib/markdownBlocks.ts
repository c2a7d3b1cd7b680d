/** What Markdown is drawn from: blocks, and what stands in a line. All text is as it is to be read, never markup. */

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'strong'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'emphasis'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'deleted'; readonly inlines: readonly Inline[] }
  /** `url`: http or https, as the browser would open it. */
  | { readonly kind: 'link'; readonly url: string; readonly inlines: readonly Inline[] }
  /** Never loaded. `url` as that of a link; absent where it leads nowhere on the web. */
  | { readonly kind: 'image'; readonly url?: string; readonly alt: string }

export type Block =
  | { readonly kind: 'paragraph'; readonly inlines: readonly Inline[] }
  /** `depth`: 1 to 6, as it was written. */
  | { readonly kind: 'heading'; readonly depth: number; readonly inlines: readonly Inline[] }
  /** Whole lines in parts of a bounded size, so that a long one can grow at its end alone. */
  | { readonly kind: 'code'; readonly parts: readonly string[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly start?: number; readonly items: readonly ListItem[] }
  | { readonly kind: 'table'; readonly head: readonly TableCell[]; readonly rows: readonly (readonly TableCell[])[] }
  | { readonly kind: 'rule' }
  /** What could not be read as Markdown, as it is. */
  | { readonly kind: 'plain'; readonly text: string }
  /** Draws nothing: the address of links elsewhere. */
  | { readonly kind: 'definition' }

export interface ListItem {
  readonly blocks: readonly Block[]
  /** Of a task: whether it is done. */
  readonly checked?: boolean
}

export interface TableCell {
  readonly inlines: readonly Inline[]
  readonly align?: 'center' | 'right'
}
