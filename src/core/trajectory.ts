/**
 * Trajectories as rollouts writes them: one JSON object a line with `messages`, `rewards` or `reward`, and `metadata`, all of
 * them optional. Messages are those of the OpenAI and Anthropic interfaces. A line that is none is told as what it is.
 */
import type { Trajectory, TrajectoryEntry, TrajectoryTurn } from '../shared/protocol/trajectory'

const MAX_TITLE = 120
const MAX_TEXT = 100_000
const MAX_TURNS = 5000
const MAX_REWARDS = 200

type Fields = Readonly<Record<string, unknown>>

/**
 * The short form of a line.
 * @param text the line, without its end
 * @param line its number in the file, from 0
 * @returns undefined for a blank line
 */
export function trajectoryEntry(text: string, line: number): TrajectoryEntry | undefined {
  if (text.trim() === '') return undefined
  const read = readLine(text)
  return entryOf(read, line)
}

/** The whole of a line, with its parts cut where no person reads on. A blank line is told as one. */
export function trajectoryOf(text: string, line: number): Trajectory {
  const read = readLine(text)
  const entry = entryOf(read, line)
  const { fields, messages, problem } = read
  const rewards = namedRewards(fields)
  const metadata = fields['metadata']
  return {
    ...entry,
    turns: turnsOf(messages, fields),
    ...(rewards === undefined ? {} : { rewards }),
    ...(metadata === undefined ? {} : { metadata: shown(metadata) }),
    ...(problem === undefined ? {} : { raw: cut(text) }),
  }
}

/** The best reward first; those without one after them, in the order of the file. */
export function bestFirst(a: TrajectoryEntry, b: TrajectoryEntry): number {
  if (a.reward === undefined || b.reward === undefined)
    return Number(a.reward === undefined) - Number(b.reward === undefined) || a.line - b.line
  return b.reward - a.reward || a.line - b.line
}

interface ReadLine {
  readonly fields: Fields
  readonly messages: readonly unknown[]
  readonly problem?: string
}

function readLine(text: string): ReadLine {
  const nothing = { fields: {}, messages: [] }
  if (text.trim() === '') return { ...nothing, problem: 'the line is empty.' }
  let value: unknown
  try {
    value = parseJson(text.replace(/^\ufeff/, ''))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { ...nothing, problem: `it is not JSON (${why.slice(0, 200)}).` }
  }
  if (!isObject(value)) return { ...nothing, problem: 'it is JSON, but not an object.' }
  const messages: unknown = value['messages'] ?? joinedLists(value['prompt'], value['completion'])
  if (messages === undefined || messages === null)
    return { fields: value, messages: [], problem: 'it has no `messages`.' }
  if (!Array.isArray(messages)) return { fields: value, messages: [], problem: 'its `messages` are not a list.' }
  return { fields: value, messages: messages as unknown[] }
}

/** Python writes NaN and Infinity, which are no JSON: they are told as null. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!/\b(?:NaN|Infinity)\b/.test(text)) throw error
    // A text that does not end reaches to the end of the line: to look again behind each of its quotes would take for ever.
    const tamed = text.replace(/"[^"\\]*(?:\\[^][^"\\]*)*(?:"|\\?$)|-?\b(?:NaN|Infinity)\b/g, (token) =>
      token.startsWith('"') ? token : 'null',
    )
    return JSON.parse(tamed)
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function joinedLists(first: unknown, second: unknown): unknown[] | undefined {
  if (!Array.isArray(first) && !Array.isArray(second)) return undefined
  return [first, second].flatMap((list: unknown): unknown[] => (Array.isArray(list) ? list : []))
}

function entryOf({ fields, messages, problem }: ReadLine, line: number): TrajectoryEntry {
  const reward = rewardOf(fields)
  return {
    line,
    title: titleOf(fields, messages) ?? `Line ${String(line + 1)}`,
    ...(reward === undefined ? {} : { reward }),
    messages: messages.length,
    ...(problem === undefined ? {} : { problem }),
  }
}

function titleOf(fields: Fields, messages: readonly unknown[]): string | undefined {
  const metadata = fields['metadata']
  for (const source of [fields, isObject(metadata) ? metadata : {}]) {
    for (const key of ['title', 'name', 'sample_id', 'id', 'task_id', 'task']) {
      const value = source[key]
      if ((typeof value === 'string' && value.trim() !== '') || typeof value === 'number') return oneLine(String(value))
    }
  }
  const asked = messages.find((message) => isObject(message) && message['role'] === 'user')
  const text = isObject(asked) ? oneLine(textOf(asked['content'])) : ''
  return text === '' ? undefined : text
}

function oneLine(text: string): string {
  const line = text
    .slice(0, 4 * MAX_TITLE)
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE)}…` : line
}

/** Names under which a line gives the sum of its rewards. */
const totals = ['reward', 'total', 'total_reward', 'mean', 'score']

/** The reward of the whole line: given, or the sum of the rewards that it lists. */
function rewardOf(fields: Fields): number | undefined {
  const { reward, rewards } = fields
  for (const value of [reward, rewards]) {
    if (isNumber(value)) return value
    if (isObject(value)) {
      const total = totals.map((name) => value[name]).find(isNumber)
      if (total !== undefined) return total
    }
    const listed = Array.isArray(value) ? (value as unknown[]) : isObject(value) ? Object.values(value) : []
    const numbers = listed.filter(isNumber)
    if (numbers.length > 0) return numbers.reduce((sum, one) => sum + one, 0)
  }
  return undefined
}

function namedRewards(fields: Fields): Record<string, number> | undefined {
  const { reward, rewards } = fields
  const source = [rewards, reward].find((value) => typeof value === 'object' && value !== null)
  if (source === undefined) return undefined
  const named = Object.entries(source as Fields).filter((entry): entry is [string, number] => isNumber(entry[1]))
  if (named.length < 2) return undefined
  const isList = Array.isArray(source)
  return Object.fromEntries(
    named.slice(0, MAX_REWARDS).map(([name, value]) => [isList ? `#${String(Number(name) + 1)}` : name, value]),
  )
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function turnsOf(messages: readonly unknown[], fields: Fields): TrajectoryTurn[] {
  const turns = messages.slice(0, MAX_TURNS).map(turnOf)
  const { rewards } = fields
  if (Array.isArray(rewards)) giveRewards(turns, rewards as unknown[])
  const more = messages.length - turns.length
  if (more > 0) turns.push({ role: 'note', text: `${String(more)} more messages are in the file.` })
  return turns
}

/** A list as long as the messages, or as those of the assistant, is a reward for each of them. */
function giveRewards(turns: TrajectoryTurn[], rewards: readonly unknown[]): void {
  const places = [...turns.keys()]
  const own = places.filter((place) => turns[place]?.role === 'assistant')
  const earning = rewards.length === own.length ? own : rewards.length === places.length ? places : []
  if (rewards.length < 2) return
  for (const [i, place] of earning.entries()) {
    const turn = turns[place]
    const reward = rewards[i]
    if (turn !== undefined && turn.reward === undefined && isNumber(reward)) turns[place] = { ...turn, reward }
  }
}

/** A message that is no object is a turn all the same, as it is. */
function turnOf(message: unknown): TrajectoryTurn {
  if (!isObject(message)) return { role: 'unreadable', text: shown(message) }
  const { role, content, reasoning_content, reasoning, reward, text } = message
  const calls = callsOf(message)
  const thought = [reasoning_content, reasoning].find((value) => typeof value === 'string' && value !== '')
  const parts = [...(typeof thought === 'string' ? [thought] : []), textOf(content ?? text)]
  return {
    role: typeof role === 'string' && role !== '' ? oneLine(role) : 'unknown',
    text: cut(parts.filter((part) => part !== '').join('\n\n')),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(isNumber(reward) ? { reward } : {}),
  }
}

/** A text, or the parts of one; what is neither stays visible as JSON. */
function textOf(content: unknown): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return isObject(content) ? partText(content) : shown(content)
  return content
    .map((part: unknown) => (typeof part === 'string' ? part : isObject(part) ? partText(part) : shown(part)))
    .filter((part) => part !== '')
    .join('\n')
}

function partText(part: Fields): string {
  const { type, text, thinking, content } = part
  if (typeof text === 'string') return text
  if (typeof thinking === 'string') return thinking
  if (isCall(part)) return ''
  if (type === 'tool_result') return textOf(content)
  if (type === 'image' || type === 'image_url' || type === 'input_image') return '(image)'
  return shown(part)
}

function isCall(part: Fields): boolean {
  const { type, name } = part
  return (
    typeof name === 'string' &&
    (type === 'tool_use' || type === 'tool_call' || type === 'toolCall' || type === 'function_call')
  )
}

function callsOf(message: Fields): { name: string; input: string }[] {
  const { content, tool_calls, function_call } = message
  const inContent = Array.isArray(content)
    ? (content as unknown[]).filter((part) => isObject(part) && isCall(part))
    : []
  const listed = Array.isArray(tool_calls) ? (tool_calls as unknown[]) : []
  const calls = [...inContent, ...listed, ...(isObject(function_call) ? [function_call] : [])]
  return calls.slice(0, MAX_TURNS).map(callOf)
}

function callOf(call: unknown): { name: string; input: string } {
  if (!isObject(call)) return { name: 'unreadable', input: shown(call) }
  const inner = isObject(call['function']) ? call['function'] : call
  const { name, input, args } = inner
  const given = inner['arguments'] ?? input ?? args
  if (typeof name !== 'string') return { name: 'unreadable', input: shown(call) }
  return { name: oneLine(name), input: given === undefined ? '' : shownInput(given) }
}

/** Arguments are often JSON in a text. */
function shownInput(given: unknown): string {
  if (typeof given !== 'string') return shown(given)
  try {
    const value: unknown = JSON.parse(given)
    return typeof value === 'object' && value !== null ? shown(value) : cut(given)
  } catch {
    return cut(given)
  }
}

function shown(value: unknown): string {
  return cut(typeof value === 'string' ? value : JSON.stringify(value, undefined, 2))
}

function cut(text: string): string {
  if (text.length <= MAX_TEXT) return text
  return `${text.slice(0, MAX_TEXT)}… (${String(text.length - MAX_TEXT)} more characters)`
}
