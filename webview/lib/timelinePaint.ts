/** Draws a timeline: a canvas, since thousands of bars and ticks would be as many elements. */
import type { LevelSeries, RequestBar, TimelineBand, TimelineTick } from '../../src/shared/protocol/timeline'
import type { TimeLabel } from './timeAxis'
import { lanesOf, xOf, type Axis } from './timelineScale'

/** What is drawn, from below to above. */
export interface TimelinePicture {
  readonly axis: Axis
  /** Of the last event; milliseconds since the epoch. */
  readonly end: number
  readonly series: LevelSeries | undefined
  readonly bands: readonly TimelineBand[]
  readonly errors: readonly TimelineTick[]
  readonly markers: readonly TimelineTick[]
  readonly requests: readonly RequestBar[] | undefined
  readonly times: readonly TimeLabel[]
}

/** Where the parts stand; pixels. */
export interface TimelineLayout {
  readonly width: number
  readonly height: number
  /** Height of the row of bands, with their names or as a thin stripe; 0 without bands. */
  readonly bands: number
  readonly labels: boolean
  /** Height of the rows of requests; 0 without. */
  readonly requests: number
  /** Height of what stands below: the labels of the axis, and where the list is. */
  readonly foot: number
}

export const TICK_HEIGHT = 9
const LANE = 6
/** From the axis upwards: what is worst stands lowest, so that it can be compared along the run. */
const STACK = ['fatal', 'error', 'warn', 'info', 'none', 'debug', 'trace'] as const

export interface TimelineColors {
  readonly levels: Readonly<Record<string, string>>
  readonly text: string
  readonly quiet: string
  readonly line: string
  readonly paper: string
  readonly error: string
  readonly marker: string
  readonly band: string
  readonly request: string
  readonly font: string
}

/** The theme's colours, as they are now. */
export function timelineColors(element: HTMLElement): TimelineColors {
  const style = getComputedStyle(element)
  const color = (...names: readonly string[]) =>
    names.map((name) => style.getPropertyValue(name).trim()).find((found) => found !== '') ?? style.color
  const error = color('--vscode-editorError-foreground', '--vscode-errorForeground', '--vscode-charts-red')
  const warn = color('--vscode-editorWarning-foreground', '--vscode-charts-yellow')
  const info = color('--vscode-charts-blue', '--vscode-editorInfo-foreground')
  const quiet = color('--vscode-descriptionForeground')
  return {
    levels: { fatal: error, error, warn, info, none: info, debug: quiet, trace: quiet },
    text: style.color,
    quiet,
    line: color('--line'),
    paper: color('--vscode-editor-background'),
    error,
    marker: color('--orange', '--vscode-charts-purple'),
    band: color('--vscode-charts-purple'),
    request: color('--vscode-charts-green'),
    font: `11px ${style.fontFamily}`,
  }
}

export function paintTimeline(
  canvas: HTMLCanvasElement,
  picture: TimelinePicture,
  layout: TimelineLayout,
  colors: TimelineColors,
): void {
  const scale = globalThis.devicePixelRatio
  const { width, height } = layout
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)]
  if (canvas.width !== across) canvas.width = across
  if (canvas.height !== down) canvas.height = down
  const pen = canvas.getContext('2d')
  if (pen === null) return
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  pen.clearRect(0, 0, width, height)
  const at = (time: number) => xOf(time, picture.axis, width)
  paintBands(pen, picture, layout, colors, at)
  const floor = height - TICK_HEIGHT - layout.requests - layout.foot
  if (picture.series !== undefined) paintBars(pen, picture.series, layout.bands + 2, floor, colors, at)
  pen.fillStyle = colors.line
  pen.fillRect(0, floor, width, 1)
  paintTicks(pen, picture, floor + 1, layout.bands, colors, at)
  if (picture.requests !== undefined)
    paintRequests(pen, picture.requests, picture, floor + TICK_HEIGHT, layout, colors, at)
  paintTimes(pen, picture.times, layout, colors, at)
}

type Pen = CanvasRenderingContext2D
type At = (time: number) => number

function paintTimes(pen: Pen, times: readonly TimeLabel[], layout: TimelineLayout, colors: TimelineColors, at: At) {
  const { width, height, foot } = layout
  pen.font = colors.font
  pen.textBaseline = 'top'
  pen.fillStyle = colors.quiet
  for (const { time, text } of times) {
    const x = Math.round(at(time))
    pen.fillRect(x, height - foot, 1, 3)
    // A label that would be cut at the end says nothing.
    if (x + 4 + pen.measureText(text).width <= width) pen.fillText(text, x + 4, height - foot + 1)
  }
}

function paintBands(pen: Pen, { bands, end }: TimelinePicture, layout: TimelineLayout, colors: TimelineColors, at: At) {
  if (layout.bands === 0) return
  pen.font = colors.font
  pen.textBaseline = 'middle'
  bands.forEach((band, i) => {
    // Of one that began before what is seen the name is seen all the same.
    const left = Math.max(-1, at(band.from))
    const width = Math.max(1, at(band.to ?? end) - left)
    if (left > layout.width || at(band.to ?? end) < 0) return
    pen.fillStyle = colors.band
    pen.globalAlpha = i % 2 === 0 ? 0.28 : 0.16
    pen.fillRect(left, 0, width, layout.bands)
    pen.globalAlpha = 1
    pen.fillRect(left, 0, 1, layout.bands)
    if (!layout.labels || width < 24) return
    pen.save()
    pen.beginPath()
    pen.rect(left, 0, width - 2, layout.bands)
    pen.clip()
    pen.fillStyle = colors.text
    pen.fillText(fitting(pen, band.label, width - 8), left + 5, layout.bands / 2 + 0.5)
    pen.restore()
  })
}

/** As much of a name as has room, with an ellipsis where it is cut. */
function fitting(pen: Pen, label: string, width: number): string {
  const short = label.slice(0, 200)
  if (pen.measureText(short).width <= width) return short
  let [least, most] = [0, short.length]
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    if (pen.measureText(`${short.slice(0, middle)}…`).width <= width) least = middle
    else most = middle - 1
  }
  return least === 0 ? '' : `${short.slice(0, least)}…`
}

function paintBars(pen: Pen, series: LevelSeries, top: number, floor: number, colors: TimelineColors, at: At) {
  const lists = STACK.flatMap((level) => {
    const counts = series.counts[level]
    return counts === undefined ? [] : [{ color: colors.levels[level] ?? colors.quiet, counts }]
  })
  const size = Math.max(0, ...lists.map(({ counts }) => counts.length))
  const totals = Array.from({ length: size }, (_, i) => lists.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0))
  const most = totals.reduce((a, b) => Math.max(a, b), 1)
  const room = floor - top
  const step = at(series.from + series.step) - at(series.from)
  // Few events beside very many are still to be seen: a root keeps them apart from none.
  const high = (count: number) => (count === 0 ? 0 : Math.max(1.5, Math.sqrt(count / most) * room))
  for (let i = 0; i < size; i++) {
    const total = totals[i] ?? 0
    if (total === 0) continue
    const [left, right] = [at(series.from) + i * step, at(series.from) + (i + 1) * step]
    const height = high(total)
    let y = floor
    for (const { color, counts } of lists) {
      const count = counts[i] ?? 0
      if (count === 0) continue
      // An error among thousands of events is one pixel, not none.
      const part = Math.min(y - (floor - height), Math.max(1, (count / total) * height))
      pen.fillStyle = color
      pen.fillRect(left, y - part, Math.max(1, right - left - (step > 2.5 ? 1 : 0)), part)
      y -= part
    }
  }
}

function paintTicks(
  pen: Pen,
  picture: TimelinePicture,
  top: number,
  above: number,
  colors: TimelineColors,
  at: At,
): void {
  pen.fillStyle = colors.error
  let last = -Infinity
  for (const { time } of picture.errors) {
    const x = at(time)
    // Ten thousand errors in one pixel are one tick.
    if (x - last < 1) continue
    last = x
    pen.beginPath()
    pen.moveTo(x, top)
    pen.lineTo(x + 4, top + 7)
    pen.lineTo(x - 4, top + 7)
    pen.fill()
  }
  pen.fillStyle = colors.marker
  pen.strokeStyle = colors.paper
  for (const { time } of picture.markers) {
    const x = Math.round(at(time))
    pen.fillRect(x - 0.5, above, 1, top - above)
    pen.beginPath()
    pen.moveTo(x - 4, top)
    pen.lineTo(x + 4, top)
    pen.lineTo(x + 4, top + 8)
    pen.lineTo(x, top + 5)
    pen.lineTo(x - 4, top + 8)
    pen.closePath()
    pen.fill()
    pen.stroke()
  }
}

function paintRequests(
  pen: Pen,
  requests: readonly RequestBar[],
  { axis, end }: TimelinePicture,
  top: number,
  layout: TimelineLayout,
  colors: TimelineColors,
  at: At,
): void {
  const least = ((axis.to - axis.from) / Math.max(1, layout.width)) * 2
  for (const { request, lane } of lanesOf(requests, end, laneCount(layout), least)) {
    const left = at(request.from)
    const right = at(request.to ?? end)
    pen.fillStyle = request.failed === true ? colors.error : colors.request
    // One whose end is not known fades.
    pen.globalAlpha = request.to === undefined ? 0.45 : 0.9
    pen.fillRect(left, top + lane * LANE, Math.max(2, right - left), LANE - 2)
  }
  pen.globalAlpha = 1
}

/** How many rows of requests have room. */
export function laneCount({ requests }: Pick<TimelineLayout, 'requests'>): number {
  return Math.max(1, Math.floor(requests / LANE))
}

/** The row of requests at a height; -1 above them. */
export function laneAt(y: number, { height, requests, foot }: TimelineLayout): number {
  return requests === 0 ? -1 : Math.max(-1, Math.floor((y - (height - foot - requests)) / LANE))
}
