/** Plain answers: the legacy format, and answers made for measuring: long, numbered, slow. */
import { pieces } from '../answer'
import { closing, DeltaWriter, DONE_EVENT, EMPTY_TEXT, finishedAnswer, message, opening, typed } from '../frames'
import { newId, numberOption, type Scenario, type Step, type TurnRequest } from '../plan'
import { topicFor } from '../prose'
import { doneLeg, segmentsFor } from './searching'

/** The deltas of a plain answer, made one after the other while they are sent. */
function* numberedTurn(
  request: TurnRequest,
  count: number,
  pauseMs: number,
  textOf: (n: number) => string,
): Generator<Step> {
  const writer = new DeltaWriter()
  for (const text of opening(request)) yield { text, pauseMs: Math.min(15, pauseMs) }
  const answer = message(request, { id: newId(), role: 'assistant', content: EMPTY_TEXT })
  yield { text: writer.message(1, answer, request.conversationId), pauseMs: Math.min(60, pauseMs) }
  for (let n = 1; n <= count; n += 1) yield { text: writer.append('/message/content/parts/0', textOf(n)), pauseMs }
  yield { text: writer.patch(finishedAnswer()), pauseMs: Math.min(20, pauseMs) }
  for (const text of [...closing(request), DONE_EVENT]) yield { text, pauseMs: Math.min(5, pauseMs) }
}

function padded(n: number): string {
  return String(n).padStart(5, '0')
}

/** 10,000 deltas (`?deltas=N`) of 40 bytes each, as fast as the reader takes them. */
export const long: Scenario = (request) => {
  const count = numberOption(request.options, 'deltas', 10_000, 1_000_000)
  const textOf = (n: number): string => `${padded(n)} the tram crosses the old bridge${n % 15 === 0 ? '.\n\n' : ', '}`
  return { post: { steps: () => numberedTurn(request, count, 0, textOf), end: 'close' } }
}

/** 200 numbered deltas (`?deltas=N`), 25 ms apart, each in a write of its own. */
export const latency: Scenario = (request) => {
  const count = numberOption(request.options, 'deltas', 200, 100_000)
  return { post: { steps: () => numberedTurn(request, count, 25, (n) => `tick-${padded(n)} `), end: 'close' } }
}

/** One numbered delta every 250 ms for a minute (`?seconds=N`). */
export const slow: Scenario = (request) => {
  const count = numberOption(request.options, 'seconds', 60, 3600) * 4
  return { post: { steps: () => numberedTurn(request, count, 250, (n) => `tick-${padded(n)} `), end: 'close' } }
}

/** Whole messages with the text so far, as before delta encoding; one old citation. */
export const legacy: Scenario = (request) => {
  const topic = topicFor(request.prompt)
  const id = newId()
  const cited = '\u{3010}3\u{2020}source\u{3011}'
  const texts = segmentsFor(request).filter((segment) => typeof segment === 'string')
  const [first = '', ...others] = texts
  const text = `${first}${others[0] ?? ''}${cited}${others.slice(1).join('')}`
  const start = text.indexOf(cited)
  const source = topic.sources[0]
  const snapshot = (sofar: string, finished: boolean): string =>
    typed({
      message: message(request, {
        id,
        role: 'assistant',
        content: { content_type: 'text', parts: [sofar] },
        status: finished ? 'finished_successfully' : 'in_progress',
        ...(finished ? { endTurn: true } : {}),
        channel: null,
        metadata: {
          ...(finished ? { finish_details: { type: 'stop', stop_tokens: [100260] }, is_complete: true } : {}),
          citations:
            sofar.length < start + cited.length
              ? []
              : [
                  {
                    start_ix: start,
                    end_ix: start + cited.length,
                    citation_format_type: 'tether_og',
                    metadata: {
                      type: 'webpage',
                      title: source?.title ?? '',
                      url: source?.url ?? '',
                      text: source?.snippet ?? '',
                      pub_date: null,
                      extra: { cited_message_idx: 3, search_result_idx: 0, evidence_text: 'source' },
                    },
                  },
                ],
        },
      }),
      conversation_id: request.conversationId,
      error: null,
    })
  let sofar = ''
  const steps = pieces(text, 24).map((piece, index): Step => {
    sofar += piece
    return { text: snapshot(sofar, false), pauseMs: 70, ...(index % 3 === 1 ? { cut: true } : {}) }
  })
  return { post: doneLeg([...steps, { text: snapshot(text, true), pauseMs: 70 }]) }
}
