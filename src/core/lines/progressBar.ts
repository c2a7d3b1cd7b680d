/** How far a command says that it is: the progress bars of tqdm, Keras, pip, docker, cargo, git, wget, ninja and their like. */
import type { ProgressSummary } from '../../shared/protocol/summary'

export type Progress = Omit<ProgressSummary, 'time'>

export interface ProgressBar {
  readonly progress: Progress
  /** What stands behind the bar or in its brackets: `loss=0.53, acc=0.9`; empty for none. */
  readonly rest: string
}

const COUNT = String.raw`\d{1,15}(?:\.\d{1,6})?[kKMGTP]?`
/** `00:12`, `1:02:03`, `1 day, 2:03:04`, `?` */
const CLOCK = String.raw`(?:\d{1,4} days?, )?[\d:]{1,12}|\?`
const RATE = String.raw`(?:\?|\d{1,15}(?:\.\d{1,6})?)[^\s,\]/]{0,12}(?: [a-z]{1,12})?/[a-z]{1,12}`
/** `train:  45%|███  | 450/1000 [00:10<00:12, 45.0it/s, loss=0.53]` */
const TQDM = new RegExp(
  String.raw`(?:^|[\s:])(\d{1,3})% ?(?:\|[^|]{0,400}\|)? ?(${COUNT})/(${COUNT}) ?\[(?:${CLOCK})<(${CLOCK})(?:, *(${RATE}))?([^\]]*)\]?`,
)
/** `450it [00:10, 45.0it/s, loss=0.53]`: the total is not known. */
const ENDLESS = new RegExp(
  String.raw`(?:^|[\s:])(${COUNT})(?:it|B|[a-z]{1,12}| [a-z]{1,12}) \[[\d:]{4,12}, *(${RATE})([^\]]*)\]?`,
)
/** `32/100 [=====>....] - ETA: 3s - loss: 0.5`, and `32/100 ━━━━━━━━ 3s 12ms/step - loss: 0.5` */
const KERAS =
  /^\s{0,20}(\d{1,12})\/(\d{1,12}|Unknown)\s{1,4}(?:\[[=>.]{5,200}\]|[━─╸╺]{5,200})(?:[ -]{1,4}ETA:)?[ -]{1,4}(\d{1,4}(?::\d\d){1,2}|(?:\d{1,4}[dhms](?![\w/]) ?){0,3}) ?(.*)$/
/** `━━━━━━━╸━━━ 1.2/3.4 MB 5.6 MB/s eta 0:00:01` */
const PIP =
  /[━╸╺█#=>-]{5,200}\s{1,4}([\d.]{1,12})\/([\d.]{1,12}) ([kMG]?B)(?:\s{1,4}([\d.]{1,12}) ([kMG]?B)\/s)?(?:\s{1,4}eta ([\d:-]{1,12}))?/
/** `id: Downloading [====>   ]  12.3MB/45.6MB`, `Building [==>  ] 123/456: serde` */
const BRACKETS =
  /^([^[]{0,80}?)\[[=#>█▏▎▍▌▋▊▉░▒▓ .-]{5,200}\]\s{1,4}([\d.]{1,12}) ?([kMGT]?i?B)?\/([\d.]{1,12}) ?([kMGT]?i?B)?(?=$|[\s:,])/
/** `name  45%[====>    ]  12.3M  5.6MB/s  eta 3s` */
const WGET = /^(.{0,80}?)\s(\d{1,3})%\s?\[[=#>+ -]{3,200}\].{0,60}?(?:(?:eta|in) ((?:\d{1,4}[dhms] ?){1,4}))?\s{0,8}$/
/** `Receiving objects:  45% (450/1000), 1.2 MiB | 3.4 MiB/s` */
const GIT = /^(.{0,60}?):\s{1,4}(\d{1,3})% \((\d{1,12})\/(\d{1,12})\)/
/** `[12/300] Building x.o` */
const NINJA = /^\s{0,8}\[\s{0,6}(\d{1,9})\/(\d{1,9})\] \S/
/** `[ 45%] Building x.o` in front, or `tests/a.py ....  [ 45%]` behind. */
const CMAKE = /^\s{0,8}\[\s{0,3}(\d{1,3})%\](?:\s|$)|\s\[\s{0,3}(\d{1,3})%\]\s{0,8}$/
/** `Progress: 45%`, `45% done`, `45.3%` */
const PERCENT =
  /\bprogress\b\s{0,3}[:=]?\s{0,3}\[?\s{0,3}(\d{1,3}(?:\.\d{1,4})?)\s?%|^\s{0,20}(?:#{1,200}\s{1,200})?(\d{1,3}(?:\.\d{1,4})?)\s?%(?: (?:complete|completed|done))?[\s.]{0,8}$/i
/** `Processing 12/300`, `(12/300)`, as the whole line */
const ALONE = /^\s{0,20}([A-Za-z][A-Za-z ]{0,40}?)?:?\s{0,4}[[(]?(\d{1,9})\/(\d{1,9})[\])]?\s?\.{0,3}\s{0,8}$/

/** @param text a line without escape codes */
export function progressBar(text: string): ProgressBar | undefined {
  return tqdm(text) ?? keras(text) ?? download(text) ?? counted(text) ?? percentage(text)
}

function tqdm(text: string): ProgressBar | undefined {
  if (!text.includes('[')) return undefined
  const bar = TQDM.exec(text)
  if (bar !== null) {
    const [, , done = '', total = '', remaining = '', rate = '', rest = ''] = bar
    return found(text.slice(0, bar.index), scaled(done), scaled(total), {
      rate: rateOf(rate),
      remaining: secondsOf(remaining),
      rest: rest.replace(/^[, ]+/, ''),
    })
  }
  const endless = ENDLESS.exec(text)
  if (endless === null) return undefined
  const [, done = '', rate = '', rest = ''] = endless
  return found(text.slice(0, endless.index), scaled(done), undefined, {
    rate: rateOf(rate),
    rest: rest.replace(/^[, ]+/, ''),
  })
}

function keras(text: string): ProgressBar | undefined {
  const bar = KERAS.exec(text)
  if (bar === null) return undefined
  const [, done = '', total = '', time = '', rest = ''] = bar
  const all = total === 'Unknown' ? undefined : Number(total)
  // Behind the last step stands what it took, not what remains.
  const remaining = Number(done) === all ? 0 : secondsOf(time.trim())
  return found('', Number(done), all, { remaining, rest: rest.replace(/^[\d.]{1,8}(?:us|ms|s)\/step[ -]{0,4}/, '') })
}

const bytesIn: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 }
const factorOf = (unit: string | undefined): number => bytesIn[unit?.[0] ?? ''] ?? 1

function download(text: string): ProgressBar | undefined {
  const pip = PIP.exec(text)
  if (pip !== null) {
    const [, done, total, unit, rate, rateUnit, remaining] = pip
    return found('', Number(done) * factorOf(unit), Number(total) * factorOf(unit), {
      rate: rate === undefined ? undefined : Number(rate) * factorOf(rateUnit),
      remaining: secondsOf(remaining ?? ''),
    })
  }
  const brackets = BRACKETS.exec(text)
  if (brackets !== null) {
    const [, label = '', done, doneUnit, total, totalUnit] = brackets
    return found(label, Number(done) * factorOf(doneUnit), Number(total) * factorOf(totalUnit))
  }
  const wget = WGET.exec(text)
  if (wget === null) return undefined
  return found(wget[1] ?? '', Number(wget[2]), 100, { remaining: secondsOf(wget[3] ?? '') })
}

function counted(text: string): ProgressBar | undefined {
  const git = GIT.exec(text)
  if (git !== null) return found(git[1] ?? '', Number(git[3]), Number(git[4]))
  const ninja = NINJA.exec(text)
  if (ninja !== null) return found('', Number(ninja[1]), Number(ninja[2]))
  const alone = ALONE.exec(text)
  return alone === null ? undefined : found(alone[1] ?? '', Number(alone[2]), Number(alone[3]))
}

function percentage(text: string): ProgressBar | undefined {
  const match = CMAKE.exec(text) ?? PERCENT.exec(text)
  return match === null ? undefined : found('', Number(match[1] ?? match[2]), 100)
}

interface Extra {
  readonly rate?: number | undefined
  readonly remaining?: number | undefined
  readonly rest?: string
}

function found(label: string, done: number, total: number | undefined, extra: Extra = {}): ProgressBar | undefined {
  if (!Number.isFinite(done) || (total !== undefined && !(total > 0 && done <= total))) return undefined
  const { rate, remaining, rest = '' } = extra
  const name = label
    .replace(/[\s:|]+$/, '')
    .trim()
    .slice(-80)
  return {
    progress: {
      ...(name === '' ? {} : { label: name }),
      done,
      ...(total === undefined ? {} : { total, percent: Math.round((done / total) * 1000) / 10 }),
      ...(rate === undefined ? {} : { rate }),
      ...(remaining === undefined ? {} : { remaining_s: remaining }),
    },
    rest,
  }
}

/** `1.20k` is 1200. */
function scaled(count: string): number {
  const suffix = /[kKMGTP]$/.exec(count)?.[0]
  const value = Number(suffix === undefined ? count : count.slice(0, -1))
  return suffix === undefined ? value : Math.round(value * factorOf(suffix))
}

/** A second: `45.0it/s`, `1.2MB/s`, `2.20s/it` (the other way round), `12.0/min`; undefined for `?it/s`. */
function rateOf(rate: string): number | undefined {
  const [, value = '', unit = '', per = ''] = /^([\d.]+)([^/]*)\/(\w+)$/.exec(rate) ?? []
  const number = Number(value)
  if (value === '' || !Number.isFinite(number) || number <= 0) return undefined
  if (unit === 's' || unit === 'ms') return per === 's' ? undefined : (unit === 'ms' ? 1000 : 1) / number
  const isScaled = /^(?:[kMGTP](?:it|i?B|b)|[MGTP][a-z]+)$/.test(unit)
  return (number * (isScaled ? factorOf(unit) : 1)) / (per === 'min' ? 60 : 1)
}

/** `12`, `00:12`, `1:02:03`, `2 days, 1:02:03`, `1m30s`; undefined for `?` and what is no time. */
function secondsOf(time: string): number | undefined {
  const clock = /^(?:(\d+) days?, )?((?:\d+:){1,2}\d+)$/.exec(time)
  if (clock !== null) {
    const seconds = (clock[2] ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
    return seconds + Number(clock[1] ?? 0) * 86_400
  }
  if (!/^(?:\d+[dhms] ?)+$/.test(time)) return undefined
  const lengths: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 }
  return [...time.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (lengths[unit ?? ''] ?? 0),
    0,
  )
}
