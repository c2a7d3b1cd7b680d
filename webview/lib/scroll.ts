/** Where the thumb of a scroll bar stands. All numbers are pixels. */

/** As low as a thumb gets, so that it can be grasped in a list of millions. */
const MIN_THUMB = 20

export interface Thumb {
  readonly start: number
  readonly length: number
}

/** The thumb of a list `total` high, seen through `height` from `top` on; undefined when everything fits. */
export function thumbOf(top: number, total: number, height: number): Thumb | undefined {
  if (height <= 0 || total <= height) return undefined
  const length = Math.min(height, Math.max(MIN_THUMB, (height * height) / total))
  const share = Math.min(1, Math.max(0, top / (total - height)))
  return { start: share * (height - length), length }
}

/** The top of the list when its thumb, `length` long, stands at `start`. */
export function topOf(start: number, length: number, total: number, height: number): number {
  const room = height - length
  return room <= 0 ? 0 : Math.min(1, Math.max(0, start / room)) * Math.max(0, total - height)
}
