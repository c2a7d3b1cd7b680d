/** How the roles of a conversation look; a role that is not known looks plain. */
import type { PhaseTone } from './phases'

const looks = new Map<string, { readonly icon: string; readonly tone: PhaseTone }>([
  ['system', { icon: 'gear', tone: 'plain' }],
  ['user', { icon: 'account', tone: 'browser' }],
  ['assistant', { icon: 'hubot', tone: 'answer' }],
  ['tool', { icon: 'tools', tone: 'tool' }],
])

export function roleLook(role: string): { readonly icon: string; readonly tone: PhaseTone } {
  return looks.get(role.toLowerCase()) ?? { icon: 'comment', tone: 'plain' }
}
