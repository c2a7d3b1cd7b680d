/** The running numbers of a capture's events. One for the whole run, whatever streams and turns its events come from. */
export class RunCounters {
  private queries = 0
  private results = 0
  private citations = 0
  private batches = 0

  /** The next query's index, from 0. */
  nextQuery(): number {
    return this.queries++
  }

  /** The next result's rank, from 1. */
  nextRank(): number {
    return ++this.results
  }

  /** The next citation's index, from 0. */
  nextCitation(): number {
    return this.citations++
  }

  /** The number of the next search call, from 0. */
  nextBatch(): number {
    return this.batches++
  }
}
