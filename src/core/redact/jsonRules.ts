/** Secrets that are told by the key before them, in JSON and in JSON within a string of JSON, alone or in a list. */
import { leavesList, leavesSecret, leavesToken } from './innocent'
import { cookieNames, secretNames, tokenNames } from './names'
import { COLON, COOKIE_PAIR, QUOTE, type TextRule } from './pattern'

const LIST = '\\[\\s{0,40}'
const TEXT = '(?:[^"\\\\]|\\\\.)'
/** Within \"…\": a quote with more backslashes is the value's own. */
const TEXT_IN_TEXT = '(?:[^"\\\\]|\\\\{1,64}[^"\\\\]|\\2\\\\{1,64}")'

/** The name among what was before a value. */
function keyOf(before: string): string {
  return /[A-Za-z][A-Za-z_-]*/.exec(before)?.[0] ?? ''
}

/** For a key whose value is a string, and one whose value is a list of strings, which is taken as one. */
function keyRules(name: string, names: string, look: string, leaves: boolean): TextRule[] {
  const key = `"(?:${names})"${COLON}`
  const keyInText = `(\\\\{1,7})"(?:${names})\\2"${COLON}`
  const items = `(?:"\\s{0,8},\\s{0,40}"${TEXT}{0,16384}){0,200}`
  const itemsInText = `(?:\\2"\\s{0,8},\\s{0,40}\\2"${TEXT_IN_TEXT}{0,16384}){0,200}`
  const one = leaves ? { leaves: (value: string, before: string) => leavesSecret(value, keyOf(before)) } : {}
  const list = leaves ? { leaves: (value: string, before: string) => leavesList(value, keyOf(before)) } : {}
  const rule = (expression: string): Omit<TextRule, 'leaves'> => {
    return { name, expression: new RegExp(expression, 'gi'), keep: '$1' }
  }
  return [
    { ...rule(`(${key}")${look}${TEXT}{1,16384}`), ...one },
    { ...rule(`(${keyInText}\\2")${look}${TEXT_IN_TEXT}{1,16384}`), ...one },
    { ...rule(`(${key}${LIST}")${look}${TEXT}{1,16384}${items}`), ...list },
    { ...rule(`(${keyInText}${LIST}\\2")${look}${TEXT_IN_TEXT}{1,16384}${itemsInText}`), ...list },
  ]
}

export const jsonRules: readonly TextRule[] = [
  ...keyRules('json_secret', secretNames, '', true),
  ...keyRules('json_cookie', cookieNames, COOKIE_PAIR, false),
  {
    name: 'json_token',
    expression: new RegExp(
      `(${QUOTE}(?:${tokenNames})${QUOTE}${COLON}(?:${LIST})?${QUOTE})[^"\\\\\\s]{16,16384}`,
      'gi',
    ),
    keep: '$1',
    leaves: (value, before) => leavesToken(value, keyOf(before)),
  },
]

/** Where a key with a value begins that may go on after the end of a piece: its list, if it is one, and its opening quote. */
export const keyedValue = new RegExp(
  `${QUOTE}(?:${secretNames}|${tokenNames}|${cookieNames}|email)${QUOTE}${COLON}(${LIST})?(${QUOTE})`,
  'gi',
)
