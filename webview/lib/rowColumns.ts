/** How many characters have room in the rows of the list, measured where they are drawn. */
import type { RowColumns } from './shownLine'

/** Of level and logger, as the style sheet has them, with what is between. */
const BESIDE_MESSAGE = 5 + 1 + 18 + 1

/** Before rows were drawn. */
export const unmeasured: RowColumns = { whole: Infinity, message: Infinity }

/** Undefined where no line is drawn. */
export function columnsOf(list: HTMLElement): RowColumns | undefined {
  const cell = list.querySelector<HTMLElement>('[data-phase="log_line"] .text, [data-phase="line_update"] .text')
  const pen = document.createElement('canvas').getContext('2d')
  if (cell === null || pen === null) return undefined
  pen.font = getComputedStyle(cell).font
  const whole = Math.floor((100 * cell.clientWidth) / pen.measureText('0'.repeat(100)).width)
  return { whole, message: whole - BESIDE_MESSAGE }
}
