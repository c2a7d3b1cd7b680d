/** One entry of a menu. */
export interface MenuItem {
  readonly id: string
  readonly label: string
  readonly icon?: string
  /** A line goes above this item. */
  readonly separate?: boolean
  readonly title?: string
  readonly disabled?: boolean
  /** One of several that exclude each other. */
  readonly checked?: boolean
  /** It is on or off by itself. */
  readonly toggled?: boolean
  readonly run: () => void
  /** Takes the item itself away: by a button beside it, or the key Delete. */
  readonly remove?: () => void
}
