/** The dialects that any site's event streams are tried against, in this order. */
import { anthropicMessages } from './anthropicMessages'
import type { Dialect } from './dialect'
import { openaiChat } from './openaiChat'
import { openaiResponses } from './openaiResponses'

export const dialects: readonly Dialect[] = [openaiChat, openaiResponses, anthropicMessages]
