/** A small line chart in the editor's colours. The library that draws it is loaded with the first chart. */
import type uPlot from 'uplot'
import { formatNumber, timeTicks } from './numbers'
import { onThemeChange } from './themeChange'

export interface Chart {
  /** Both ascending by x; `overlay` is drawn dashed where the chart was made for one. */
  show(
    points: readonly (readonly [x: number, value: number])[],
    overlay?: readonly (readonly [x: number, value: number])[],
  ): void
  dispose(): void
}

/** Pixels. */
const HEIGHT = 96

/**
 * @param axis what x is: steps, or seconds since the run's start
 * @param onPoint told of the point under the pointer; undefined when there is none
 * @param hasOverlay a second line may be drawn over the first
 */
export async function drawChart(
  element: HTMLElement,
  axis: 'step' | 'time',
  onPoint: (point: readonly [x: number, value: number] | undefined) => void,
  hasOverlay = false,
): Promise<Chart> {
  const { default: UPlot } = await import('uplot')
  let data: uPlot.AlignedData = hasOverlay ? [[], [], []] : [[], []]
  let plot = make()

  function make(): uPlot {
    return new UPlot(optionsFor(element, axis, onPoint, hasOverlay), data, element)
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
    show(points, overlay = []) {
      const columns: uPlot.AlignedData = [points.map(([x]) => x), points.map(([, value]) => value)]
      data = hasOverlay ? UPlot.join([columns, [overlay.map(([x]) => x), overlay.map(([, value]) => value)]]) : columns
      plot.setData(data)
    },
    dispose() {
      onResize.disconnect()
      stopListening()
      plot.destroy()
    },
  }
}

function optionsFor(
  element: HTMLElement,
  axis: 'step' | 'time',
  onPoint: (point: readonly [x: number, value: number] | undefined) => void,
  hasOverlay: boolean,
): uPlot.Options {
  const style = getComputedStyle(element)
  const color = (name: string, other: string) => style.getPropertyValue(name).trim() || other
  const quiet = color('--vscode-descriptionForeground', style.color)
  const line = color('--vscode-charts-blue', style.color)
  // As `--orange` of the style sheet: the charts' own is a faint background in some themes.
  const over = color('--orange', style.color)
  // No theme has a colour for it, and a border of high contrast would outshine the line.
  const grid = { stroke: 'rgb(128 128 128 / 25%)', width: 1 }
  const font = `11px ${style.fontFamily}`
  const shared = { stroke: quiet, font, ticks: { show: false }, grid }
  return {
    width: Math.max(1, element.clientWidth),
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: false }, y: { range: rangeOf } },
    axes: [
      {
        ...shared,
        size: 20,
        gap: 2,
        space: 60,
        values: (_, splits) => (axis === 'step' ? splits.map(short) : timeTicks(splits)),
      },
      { ...shared, size: 48, gap: 4, space: 24, values: (_, splits) => splits.map(short) },
    ],
    series: [
      {},
      {
        stroke: line,
        width: 1.5,
        spanGaps: hasOverlay,
        points: { show: (plot) => plot.data[0].length < 2, size: 5, fill: line },
      },
      ...(hasOverlay
        ? [
            {
              stroke: over,
              width: 1.5,
              dash: [6, 4],
              spanGaps: true,
              points: { show: (plot: uPlot) => plot.data[0].length < 2, size: 5, fill: over },
            },
          ]
        : []),
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const { idx } = plot.cursor
          const x = idx === null || idx === undefined ? undefined : plot.data[0][idx]
          const value = idx === null || idx === undefined ? undefined : plot.data[1]?.[idx]
          onPoint(x === undefined || value === undefined || value === null ? undefined : [x, value])
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

/** "12k", "3M", else about four digits: an axis is narrow. */
function short(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e9) return formatNumber(value)
  if (size >= 1e6) return `${String(Number((value / 1e6).toPrecision(3)))}M`
  if (size >= 1e4) return `${String(Number((value / 1e3).toPrecision(3)))}k`
  return formatNumber(Number(value.toPrecision(3)))
}
