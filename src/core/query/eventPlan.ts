/** How a text is looked for in event lines as they are in the log, where it stands as JSON writes it. */
import type { TextQuery } from '../../shared/protocol/rows'
import { textExpression } from './textMatcher'
import { planText } from './textPlan'

export interface EventPlan {
  /** Bytes (ASCII) that every line has that matches; lower case where case does not count. */
  readonly literal?: string
  readonly ignoresCase: boolean
  /** A text that has the literal matches. */
  readonly isLiteral: boolean
  /** Finds something in each line that matches and has no escapes (no backslash). */
  readonly plain?: RegExp
}

/** What may match at the ends of a value, or look beyond them: in a line the value's ends are others. */
const LOOKS_AROUND = /[\^$]|\(\?[=!<]/

export function planEventText(query: TextQuery): EventPlan {
  if (query.regex !== true) {
    const { literal, ignoresCase, isLiteral } = planText({ ...query, pattern: escaped(query.pattern) })
    return { ...(literal === undefined ? {} : { literal }), ignoresCase, isLiteral }
  }
  const { literal, ignoresCase } = planText(query)
  const plain = LOOKS_AROUND.test(query.pattern.replace(/\[\^/g, '[')) ? undefined : textExpression(query)
  return {
    ...(literal === undefined ? {} : { literal: escaped(literal) }),
    ignoresCase,
    isLiteral: false,
    ...(plain === undefined ? {} : { plain }),
  }
}

/** As it stands within a JSON string. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
