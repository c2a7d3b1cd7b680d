/** The look of one row: its phase's, but the end of a run looks as it went. */
import type { Row } from '../../src/shared/protocol/rows'
import { lookOf, type PhaseLook } from './phases'
import { stateIcons } from './runLook'

export function lookOfRow(row: Row): PhaseLook {
  const look = lookOf(row.phase)
  if (row.phase !== 'completion') return look
  // The row of an end begins with its status (core/rows.ts).
  if (/^failed\b/.test(row.text)) return { ...look, icon: stateIcons.failed, tone: 'error' }
  if (/^aborted\b/.test(row.text)) return { ...look, icon: stateIcons.aborted }
  return look
}
