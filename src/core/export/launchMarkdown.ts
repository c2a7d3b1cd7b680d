/** A report of a launch to read and to share: what ran, how it ended, what it printed. */
import type { AnyEvent, RunHead } from '../../shared/events/schema'
import { stripAnsi } from '../../shared/lib/ansi'
import { commandLine } from '../../shared/lib/commandLine'
import { escapeMarkdown, indentedCode } from './markdownText'

export async function* toLaunchMarkdown(head: RunHead, events: AsyncIterable<AnyEvent>): AsyncGenerator<string> {
  const { command = '', args = [], cwd = '' } = head
  yield `# ${escapeMarkdown(head.title)}\n\n${head.started_at}\n\n`
  yield `${indentedCode(commandLine(command, args))}\nin ${cwd}\n\n## Output\n\n`
  const results: string[] = []
  let end = ''
  for await (const { phase, data } of events) {
    if (phase === 'log_line') yield indentedCode(stripAnsi(text(data['text'])))
    else if (phase === 'dropped') yield `\n(${text(data['count'])} events were dropped: ${text(data['why'])})\n\n`
    else if (phase === 'result') results.push(text(data['path']))
    else if (phase === 'process' && data['state'] === 'exited') {
      end = data['signal'] ? `Ended by ${text(data['signal'])}.` : `Exit code ${text(data['exit_code'])}.`
    }
  }
  if (end !== '') yield `\n## End\n\n${end}\n`
  if (results.length > 0) yield `\n## Results\n\n${results.map(indentedCode).join('')}`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
