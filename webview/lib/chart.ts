/** A small chart of lines in the editor's colours. The library that draws it is loaded with the first chart. */
import type uPlot from 'uplot'
import { aligned, type Points } from './curves'
import { formatNumber, timeTicks } from './numbers'
import { onThemeChange } from './themeChange'
import { TIME_STEPS } from './timeAxis'

export interface Chart {
  /** As many as there were when it was made. */
  show(curves: readonly Points[]): void
  dispose(): void
}

/** Pixels. */
const HEIGHT = 96

export interface ChartOptions {
  /** What x is: steps, or seconds since the run's start. */
  readonly axis: 'step' | 'time'
  /** The values stand by their logarithm; those around and below zero are still there. */
  readonly log: boolean
  /** The colour of each line: the number of its metric. */
  readonly colors: readonly number[]
  /** Which of the lines are dashed, by their place in `colors`. */
  readonly dashed?: readonly number[]
  /** Told where on the x axis the pointer is; undefined when it is nowhere. */
  readonly onPlace: (x: number | undefined) => void
}

/** The inverse of sinh: a logarithm that zero and what is below it have too. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- a `const enum` that only uPlot's own build can read
const logScale: uPlot.Scale = { distr: 4, asinh: 0.001 }

/** Names of the theme's colours for lines, one after the other. */
export const CHART_COLORS = ['blue', 'green', 'purple', 'red', 'yellow', 'orange'] as const

export async function drawChart(element: HTMLElement, options: ChartOptions): Promise<Chart> {
  const { default: UPlot } = await import('uplot')
  let data: uPlot.AlignedData = aligned(options.colors.map(() => []))
  let plot = make()

  function make(): uPlot {
    return new UPlot(optionsFor(element, options), data, element)
  }

  const onResize = new ResizeObserver(() => {
    const width = element.clientWidth
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT })
  })
  onResize.observe(element)
  const stopListening = onThemeChange(() => {
    plot.destroy()
    plot = make()
  })

  return {
    show(curves) {
      data = aligned(curves)
      plot.setData(data)
    },
    dispose() {
      onResize.disconnect()
      stopListening()
      plot.destroy()
    },
  }
}

function optionsFor(element: HTMLElement, { axis, log, colors, dashed, onPlace }: ChartOptions): uPlot.Options {
  const style = getComputedStyle(element)
  const color = (name: string, other: string) => style.getPropertyValue(name).trim() || other
  const quiet = color('--vscode-descriptionForeground', style.color)
  const lineColor = (number: number) => {
    const name = CHART_COLORS[number % CHART_COLORS.length] ?? 'blue'
    return color(name === 'orange' ? '--orange' : `--vscode-charts-${name}`, style.color)
  }
  // No theme has a colour for it, and a border of high contrast would outshine the line.
  const grid = { stroke: 'rgb(128 128 128 / 25%)', width: 1 }
  const font = `11px ${style.fontFamily}`
  const shared = { stroke: quiet, font, ticks: { show: false }, grid }
  return {
    width: Math.max(1, element.clientWidth),
    height: HEIGHT,
    // The last label of the axis stands half beyond it.
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: false },
      y: log ? logScale : { range: rangeOf },
    },
    axes: [
      {
        ...shared,
        size: 20,
        gap: 2,
        space: 60,
        ...(axis === 'time' ? { incrs: [...TIME_STEPS] } : {}),
        values: (_, splits) => (axis === 'step' ? splits.map(short) : timeTicks(splits)),
      },
      { ...shared, size: 48, gap: 4, space: 24, values: (_, splits) => splits.map(tickText) },
    ],
    series: [
      {},
      ...colors.map((number, i): uPlot.Series => {
        const stroke = lineColor(number)
        const points = { show: (plot: uPlot) => plot.data[0].length < 2, size: 5, fill: stroke }
        const dash = dashed?.includes(i) === true ? { dash: [6, 4] } : {}
        return { stroke, width: 1.5, spanGaps: true, points, ...dash }
      }),
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const { idx } = plot.cursor
          onPlace(idx === null || idx === undefined ? undefined : plot.data[0][idx])
        },
      ],
    },
  }
}

/** The values with a little air; a flat line gets air too. */
function rangeOf(_: uPlot, least: number | null, greatest: number | null): [number, number] {
  if (least === null || greatest === null || !Number.isFinite(least) || !Number.isFinite(greatest)) return [0, 1]
  const air = least === greatest ? Math.abs(least) * 0.1 || 1 : (greatest - least) * 0.08
  return [least - air, greatest + air]
}

/** Where a logarithm has too many places the library leaves some without a name. */
function tickText(value: number | null): string | null {
  return value === null ? null : short(value)
}

/** "12k", "3M", else about four digits: an axis is narrow. */
function short(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e9) return formatNumber(value)
  if (size >= 1e6) return `${String(Number((value / 1e6).toPrecision(3)))}M`
  if (size >= 1e4) return `${String(Number((value / 1e3).toPrecision(3)))}k`
  return formatNumber(Number(value.toPrecision(3)))
}
