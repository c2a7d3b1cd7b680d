/** A launch as the host would tell it: what a command printed, its summary, and a result file of trajectories. */
import type { Level } from '../../src/shared/events/schema'
import type { RunInfo } from '../../src/shared/protocol/contract'
import type { CaptureSummary, LaunchSummary } from '../../src/shared/protocol/summary'
import type { Trajectory } from '../../src/shared/protocol/trajectory'
import type { FakeEvent } from './fakeRun'

export const freshCapture: CaptureSummary = {
  kind: 'capture',
  queries: [],
  sources: [],
  sourceCount: 0,
  citedCount: 0,
  answers: [],
  tools: [],
  errors: [],
}

export const freshLaunch: LaunchSummary = {
  kind: 'launch',
  stop_requested: false,
  left_behind: [],
  metrics: [],
  current: {},
  results: [],
  errors: [],
  dropped: 0,
}

/** What a launch has that a capture has not. */
export function launchInfo(state: RunInfo['state']): Partial<RunInfo> & Pick<RunInfo, 'kind' | 'title'> {
  return {
    kind: 'launch',
    title: 'train small model',
    command: 'python',
    args: ['train.py', '--config', 'configs/small model.yaml', '--epochs', '3'],
    cwd: '/work/demo-app',
    ...(state === 'running' ? { accepts_input: true } : {}),
  }
}

/** One line of output. */
export function line(
  text: string,
  more: { stream?: string; level?: Level; outcome?: 'success' | 'failure' } = {},
): FakeEvent {
  const { stream = 'stdout', level, outcome } = more
  const said = { ...(level === undefined ? {} : { level }), ...(outcome === undefined ? {} : { outcome }) }
  return { phase: 'log_line', text, stream, ...said, data: { text, stream, ...said } }
}

export const fakeTrajectories: readonly Trajectory[] = [
  {
    line: 0,
    title: 'Fix the failing test in parser.py',
    reward: 0.25,
    messages: 3,
    turns: [
      { role: 'system', text: 'You are a careful engineer.' },
      { role: 'user', text: 'The test test_parse fails. Find out why and fix it.' },
      {
        role: 'assistant',
        text: 'I look at the test first.',
        tool_calls: [{ name: 'read_file', input: '{\n  "path": "tests/test_parser.py"\n}' }],
        reward: 0.25,
      },
    ],
    rewards: { tests: 0, style: 0.25 },
    metadata: '{\n  "model": "small"\n}',
  },
  {
    line: 1,
    title: 'Line 2',
    messages: 0,
    problem: 'Unexpected end of JSON input',
    turns: [],
    raw: '{"messages": [{"role": "user", "content": "cut he',
  },
  {
    line: 2,
    title: 'Add a cache to the loader',
    reward: 1,
    messages: 4,
    turns: [
      { role: 'user', text: 'Add a cache.' },
      { role: 'assistant', text: '', tool_calls: [{ name: 'bash', input: 'pytest -q' }] },
      { role: 'tool', text: '4 passed in 0.12s' },
      { role: 'critic', text: '<img src=x onerror="alert(1)"> Good work.', reward: 1 },
    ],
  },
  { line: 3, title: 'No reward yet', messages: 1, turns: [{ role: 'user', text: '' }] },
]
