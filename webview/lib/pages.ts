/**
 * The rows that the panel holds: pages of a view, by index, the least recently used thrown away past a bound. Rows of a
 * view are only added at its end, so what is held stays true until the view is another, but for what `doubt` names.
 * A page is never changed: with other items it is another array, so that what was made of one can be kept with it.
 */
export class PageCache<T> {
  private readonly pages = new Map<number, readonly (T | undefined)[]>()
  /** Pages that may have changed, and the number of the doubt. */
  private readonly doubted = new Map<number, number>()
  private doubts = 0

  constructor(
    readonly pageSize: number,
    private maxPages: number,
  ) {}

  /** The items of a page that are here, without use of it; undefined when none is. */
  page(number: number): readonly (T | undefined)[] | undefined {
    return this.pages.get(number)
  }

  /** From now on so many pages are held. */
  hold(maxPages: number): void {
    this.maxPages = maxPages
  }

  /** The last doubt about a page; undefined when there is none. */
  doubtOf(number: number): number | undefined {
    return this.doubted.get(number)
  }

  /** A page is here as it was at or after that doubt. */
  settle(number: number, doubt: number | undefined): void {
    if (this.doubted.get(number) === doubt) this.doubted.delete(number)
  }

  /** Keeps the items of the indexes `from`, `from + 1`, … */
  put(from: number, items: readonly T[]): void {
    let page: (T | undefined)[] = []
    for (let i = 0; i < items.length; i++) {
      const index = from + i
      if (i === 0 || index % this.pageSize === 0) {
        const number = Math.floor(index / this.pageSize)
        page = this.pages.get(number)?.slice() ?? []
        this.pages.delete(number)
        this.pages.set(number, page)
      }
      page[index % this.pageSize] = items[i]
    }
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= this.maxPages) break
      this.pages.delete(oldest)
      this.doubted.delete(oldest)
    }
  }

  /** The items `from` (inclusive) to `to` (exclusive), undefined where none is held. */
  read(from: number, to: number): (T | undefined)[] {
    const items: (T | undefined)[] = []
    let page: readonly (T | undefined)[] | undefined
    for (let index = from; index < to; index++) {
      if (index === from || index % this.pageSize === 0) page = this.touch(Math.floor(index / this.pageSize))
      items.push(page?.[index % this.pageSize])
    }
    return items
  }

  /** The numbers of the pages that lack an item of `from` (inclusive) to `to` (exclusive). */
  missing(from: number, to: number): number[] {
    const numbers: number[] = []
    for (let index = from; index < to; index++) {
      const number = Math.floor(index / this.pageSize)
      const isHeld = this.pages.get(number)?.[index % this.pageSize] !== undefined
      if (isHeld && !this.doubted.has(number)) continue
      numbers.push(number)
      index = (number + 1) * this.pageSize - 1
    }
    return numbers
  }

  /** The items from `from` on may have changed: they are read as they are, and are missing until their pages are settled. */
  doubt(from: number): void {
    const first = Math.floor(from / this.pageSize)
    this.doubts++
    for (const number of this.pages.keys()) if (number >= first) this.doubted.set(number, this.doubts)
  }

  clear(): void {
    this.pages.clear()
    this.doubted.clear()
  }

  private touch(number: number): readonly (T | undefined)[] | undefined {
    const page = this.pages.get(number)
    if (page === undefined) return undefined
    this.pages.delete(number)
    this.pages.set(number, page)
    return page
  }
}
