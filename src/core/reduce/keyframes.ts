/**
 * Snapshots of a summary along a run, so that a seek anywhere has little to reduce. Bounded in bytes: where there are too many,
 * every other one goes and the next ones are taken half as often.
 */
export interface Keyframe {
  /** The next event that it has not seen: its position, and where in the log its line begins. */
  readonly position: number
  readonly offset: number
  readonly snapshot: unknown
}

interface Kept extends Keyframe {
  readonly bytes: number
}

/** What reduces so long that a seek feels it: events that were reduced, passed over, and their bytes. */
const COSTS = { reduced: 2000, passed: 50_000, bytes: 8 * 1024 * 1024 }
const MAX_BYTES = 32 * 1024 * 1024
/** A snapshot that is so large by itself that few fit is taken less often, but a few there are. */
const MIN_KEPT = 4

export class Keyframes {
  private kept: Kept[] = []
  private bytes = 0
  private stride = 1
  private readonly since = { reduced: 0, passed: 0, bytes: 0 }
  private counted = new WeakMap<object, number>()

  constructor(private readonly maxBytes = MAX_BYTES) {}

  get count(): number {
    return this.kept.length
  }

  /** About the bytes that all of them hold. */
  get size(): number {
    return this.bytes
  }

  /**
   * Counts an event.
   * @param isReduced whether it went to the reducer
   * @returns whether a snapshot should be taken behind it
   */
  pass(bytes: number, isReduced: boolean): boolean {
    const { since, stride } = this
    since.passed++
    since.bytes += bytes
    if (isReduced) since.reduced++
    return (
      since.reduced >= COSTS.reduced * stride ||
      since.passed >= COSTS.passed * stride ||
      // Without anything to reduce they would be all the same.
      since.bytes >= COSTS.bytes * stride
    )
  }

  add(frame: Keyframe): void {
    Object.assign(this.since, { reduced: 0, passed: 0, bytes: 0 })
    const bytes = 64 + sizeOf(frame.snapshot, this.counted)
    this.kept.push({ ...frame, bytes })
    this.bytes += bytes
    while (this.bytes > this.maxBytes && this.kept.length > MIN_KEPT) this.thin()
  }

  /** The last one that has seen no event behind `position`. */
  before(position: number): Keyframe | undefined {
    let low = 0
    let high = this.kept.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.kept[middle]?.position ?? 0) <= position) low = middle + 1
      else high = middle
    }
    return this.kept[low - 1]
  }

  private thin(): void {
    this.stride *= 2
    this.kept = this.kept.filter((_, i) => i % 2 === 1)
    // What one that went had counted another may hold too.
    this.counted = new WeakMap()
    this.kept = this.kept.map((frame) => ({ ...frame, bytes: 64 + sizeOf(frame.snapshot, this.counted) }))
    this.bytes = this.kept.reduce((sum, frame) => sum + frame.bytes, 0)
  }
}

/** About the bytes that a value holds besides what was counted before. Lists that have grown since count what is new. */
function sizeOf(value: unknown, counted: WeakMap<object, number>): number {
  if (typeof value === 'string') return 16 + value.length * 2
  if (typeof value !== 'object' || value === null) return 8
  const known = counted.get(value)
  if (!Array.isArray(value)) {
    if (known !== undefined) return 8
    counted.set(value, 1)
    let size = 32
    for (const one of Object.values(value)) size += sizeOf(one, counted)
    return size
  }
  counted.set(value, value.length)
  let size = known === undefined ? 16 : 8
  for (let i = known ?? 0; i < value.length; i++) size += 8 + sizeOf(value[i], counted)
  return size
}
