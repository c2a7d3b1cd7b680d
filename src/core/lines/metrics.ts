/**
 * Numbers in lines of output that belong in a chart.
 *
 * A line tells metrics when it looks like a trainer's: a progress bar with `name=value` in it, a Python dict or JSON object,
 * or `name=value`, `name: value`, `name value` pairs, and in each case at least one name that only training uses (a word of it is
 * `loss`, `accuracy`, `reward`, …; see `strong`), or a weaker one (`lr`, `score`, …) beside a step. Then the other numbers of
 * the line count too, but for those that measure nothing (`time`, `port`, `seed`, …). All other lines tell none, whatever numbers they hold: one
 * missing chart is better than a hundred meaningless ones.
 */
import { progressBar, type Progress } from './progressBar'

export interface MetricValue {
  readonly name: string
  readonly value: number
  readonly unit?: string
}

export interface LineMetrics {
  readonly values: readonly MetricValue[]
  /** The first there is of: global step, step, iteration, update, episode, epoch. */
  readonly step?: number
  readonly progress?: Progress
}

const MAX_TEXT = 4096
const MAX_VALUES = 50
const MAX_NAME = 80

/** Words that make a name a training metric by itself. */
const strong: ReadonlySet<string> = new Set([
  ...[
    'loss',
    'losses',
    'acc',
    'accuracy',
    'reward',
    'rewards',
    'perplexity',
    'ppl',
    'f1',
    'auc',
    'auroc',
    'bleu',
    'rouge',
    'wer',
  ],
  ...[
    'cer',
    'mse',
    'mae',
    'rmse',
    'nll',
    'kl',
    'iou',
    'miou',
    'map50',
    'bpb',
    'bpc',
    'mfu',
    'elbo',
    'psnr',
    'ssim',
    'fid',
  ],
])
/** Words that do so only beside a step. */
const weak: ReadonlySet<string> = new Set([
  ...[
    'lr',
    'learning',
    'grad',
    'gradnorm',
    'score',
    'scores',
    'precision',
    'recall',
    'entropy',
    'return',
    'returns',
    'tokens',
    'throughput',
  ],
  ...['samples', 'examples', 'advantage', 'value', 'norm', 'error', 'err'],
])
/** Names that measure nothing, wherever they stand. */
const ignored: ReadonlySet<string> = new Set([
  ...[
    'time',
    'timestamp',
    'ts',
    'date',
    'pid',
    'tid',
    'level',
    'port',
    'line',
    'lineno',
    'id',
    'v',
    'v_num',
    'version',
    'seed',
    'rank',
  ],
  ...[
    'eta',
    'elapsed',
    'world_size',
    'local_rank',
    'gpu',
    'device',
    'total',
    'max_steps',
    'total_steps',
    'num_epochs',
    'epochs',
    'steps',
  ],
])
/** Names of a step, the best first. */
const steps = ['global_step', 'step', 'iteration', 'iter', 'it', 'update', 'episode', 'epoch']

/** @param text a line without escape codes */
export function metricsOf(text: string): LineMetrics | undefined {
  const line = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text
  const bar = progressBar(line)
  const found = bar === undefined ? trainerLine(line) : numbersOf(pairsOf(bar.rest), true)
  if (bar !== undefined) return { values: [], ...found, progress: bar.progress }
  return found
}

function trainerLine(line: string): LineMetrics | undefined {
  const open = line.search(/\{\s{0,4}['"]/)
  if (open >= 0 && /^[^{]*$/.test(line.slice(0, open)) && open < 200) return numbersOf(objectPairs(line, open), false)
  const found = numbersOf(pairsOf(line), false)
  const progress = stepProgress(line)
  if (found === undefined) return undefined
  return progress === undefined ? found : { ...found, progress }
}

interface Pair {
  readonly name: string
  /** NaN and infinite where the line says so: JSON has no such number, so it is no metric, but it is no text either. */
  readonly value: number
  readonly unit?: string
}

/** @param isTrusted the numbers stand in a progress bar: any name will do */
function numbersOf(pairs: readonly Pair[], isTrusted: boolean): LineMetrics | undefined {
  const values: MetricValue[] = []
  const stepsFound = new Map<string, number>()
  let isTraining = isTrusted
  let hasWeak = false
  for (const { name, value, unit } of pairs) {
    const words = name.toLowerCase().split(/[\s_/.@-]+/)
    const key = words.join('_')
    const base = words.at(-1) ?? ''
    if (steps.includes(key) || (steps.includes(base) && words.length === 2 && words[0] !== 'per')) {
      const stepName = steps.includes(key) ? key : base
      if (Number.isFinite(value) && !stepsFound.has(stepName)) stepsFound.set(stepName, value)
      continue
    }
    if (ignored.has(key)) continue
    isTraining ||= words.some((word) => strong.has(word))
    hasWeak ||= words.some((word) => weak.has(word))
    if (!Number.isFinite(value) || values.length >= MAX_VALUES || values.some((other) => other.name === name)) continue
    values.push({ name, value, ...(unit === undefined ? {} : { unit }) })
  }
  if (values.length === 0 || !(isTraining || (hasWeak && stepsFound.size > 0))) return undefined
  const stepName = steps.find((name) => stepsFound.has(name))
  const step = stepName === undefined ? undefined : stepsFound.get(stepName)
  return { values, ...(step === undefined ? {} : { step }) }
}

const NUMBER = String.raw`[-+]?(?:\d{1,30}(?:\.\d{0,30})?(?:[eE][-+]?\d{1,4})?|\.\d{1,30}(?:[eE][-+]?\d{1,4})?|nan|NaN|inf|Infinity)`
const UNIT = String.raw`%|ms|us|s|[kMG]?i?B(?:/s)?|(?:it|tok|tokens|samples|examples|steps)/s(?:ec)?`
const END = String.raw`(?=$|[\s,;|)\]}]|\.\s|\.$)`
/** `name=value`, `name: value`; a name of two words only as `train loss`. */
const ASSIGNED = new RegExp(
  String.raw`(?<![\w./@$-])((?:(?:train|training|val|valid|validation|eval|test|mean|avg|total|global) )?[A-Za-z][\w./@-]{0,79}?)\s{0,3}[=:]\s{0,8}(${NUMBER})\s?(${UNIT})?${END}`,
  'g',
)
/** `step 120`, `Epoch [3/10]`, `epoch 3/10`, `Epoch: [3][100/600]` */
const STEP = new RegExp(
  String.raw`\b(global[_ ]step|step|iteration|iter|update|episode|epoch)\b\s?[=:#]?\s{0,8}\[?\s{0,8}(\d{1,15}(?:\.\d{1,15})?)(?:\s?/\s?(\d{1,15}))?(?=$|[\s,;:|)\]])`,
  'gi',
)
/** `loss 0.53`, `train loss 4.28`, `lr 1e-4` */
const SPACED = new RegExp(
  String.raw`(?<![\w./@$-])((?:(?:train|training|val|valid|validation|eval|test|mean|avg) )?(?:[a-z]{1,12}_)?(?:loss|acc|accuracy|perplexity|ppl|reward|mfu|lr|grad_norm|score))\s{1,4}(${NUMBER})\s?(${UNIT})?${END}`,
  'gi',
)

function pairsOf(text: string): Pair[] {
  const pairs: { at: number; pair: Pair }[] = []
  const taken = new Set<number>()
  for (const match of text.matchAll(STEP)) {
    const [, name = '', value = ''] = match
    taken.add(match.index)
    pairs.push({ at: match.index, pair: { name: name.toLowerCase().replace(' ', '_'), value: Number(value) } })
  }
  for (const pattern of [ASSIGNED, SPACED]) {
    for (const match of text.matchAll(pattern)) {
      const [, name = '', value = '', unit] = match
      if (taken.has(match.index)) continue
      taken.add(match.index)
      const pair = { name: name.replace(/ /g, '_'), value: numberOf(value), ...(unit === undefined ? {} : { unit }) }
      pairs.push({ at: match.index, pair })
    }
  }
  return pairs.sort((a, b) => a.at - b.at).map(({ pair }) => pair)
}

/** `Epoch 3/10`: the finest of the steps that have a total. */
function stepProgress(line: string): Progress | undefined {
  let best: Progress | undefined
  let bestRank = steps.length
  for (const [, name = '', done = '', total] of line.matchAll(STEP)) {
    const rank = steps.indexOf(name.toLowerCase().replace(' ', '_'))
    if (total === undefined || rank >= bestRank || !(Number(total) > 0) || Number(done) > Number(total)) continue
    bestRank = rank
    const percent = Math.round((Number(done) / Number(total)) * 1000) / 10
    best = { label: name.toLowerCase(), done: Number(done), total: Number(total), percent }
  }
  return best
}

function numberOf(text: string): number {
  if (/nan/i.test(text)) return Number.NaN
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(text)
}

const KEY = /\s*(?:'([^'\\]{1,200})'|"([^"\\]{1,200})")\s*:\s*/y
const VALUE = new RegExp(
  String.raw`(?:(?:np\.\w{1,12}|tensor|array)\()?(['"]?)(${NUMBER})\1(?:,\s?[a-z_]{1,20}=[^)]{0,60})?\)?(?=\s*(?:[,}\]]|$))`,
  'y',
)
const MAX_DEPTH = 8

/** The numbers of a Python dict or a JSON object, as far as it goes; those of an object in it as `outer/inner`. */
function objectPairs(text: string, open: number): Pair[] {
  const pairs: Pair[] = []
  const path: string[] = []
  let at = open + 1
  while (at < text.length && pairs.length < 4 * MAX_VALUES) {
    KEY.lastIndex = at
    const key = KEY.exec(text)
    if (key !== null) {
      const name = key[1] ?? key[2] ?? ''
      at = KEY.lastIndex
      VALUE.lastIndex = at
      const value = VALUE.exec(text)
      const full = [...path, name].join('/')
      if (value !== null) {
        if (full.length <= MAX_NAME) pairs.push({ name: full, value: numberOf(value[2] ?? '') })
        at = VALUE.lastIndex
      } else if (text[at] === '{') {
        if (path.length >= MAX_DEPTH) return pairs
        path.push(name)
        at++
        continue
      } else at = skipValue(text, at)
    }
    // Behind a value: commas and closing braces up to the next key.
    const before = at
    while (at < text.length && /[\s,}]/.test(text[at] ?? '')) {
      if (text[at] === '}' && path.pop() === undefined) return pairs
      at++
    }
    if (at === before && key === null) return pairs
  }
  return pairs
}

/** Behind a value that is no number: a text, a list, a word. */
function skipValue(text: string, from: number): number {
  const quote = text[from]
  if (quote === '"' || quote === "'") {
    for (let at = from + 1; at < text.length; at++) {
      if (text[at] === '\\') at++
      else if (text[at] === quote) return at + 1
    }
    return text.length
  }
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? ''
    if ('[('.includes(character)) depth++
    else if ('])'.includes(character)) depth--
    else if (depth <= 0 && ',}'.includes(character)) return at
  }
  return text.length
}
