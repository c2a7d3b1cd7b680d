/** What the rules are made of. Every expression is bounded, so that hostile text costs linear time. */

export interface TextRule {
  /** Named in the log's metadata. */
  readonly name: string
  readonly expression: RegExp
  /** What stands for the match; `$1` is what was before the secret. */
  readonly keep: '' | '$1'
  /** Whether the value is no secret after all, so that the match is left. `before` is what `$1` was. */
  readonly leaves?: (value: string, before: string) => boolean
}

export const WITH_DIGIT = '(?=[A-Za-z0-9_.~+/-]{0,200}\\d)'
/** A quote of JSON, or of JSON in a string of JSON. */
export const QUOTE = '\\\\{0,7}"'
export const COLON = '\\s{0,8}:\\s{0,8}'
/** The first `name=value` of a cookie header, which a recipe's cookie doesn't have. */
export const COOKIE_PAIR = '(?=[A-Za-z0-9_.!#$%&*+^|~-]{1,128}=[^\\s;])'
/** Where a word begins; in JSON also after \n and its like, whose letter is none of the word's, and after \u000a. */
export const WORD_START = '(?:(?<!(?:^|[^\\\\])\\w)|(?<=\\\\u[0-9a-fA-F]{4}))'
