/** The answers of a capture as they grow. Drawn once a frame, and not while the panel is paused. */
import type { Client } from '../../src/shared/protocol/peer'
import type { ReplayState } from '../../src/shared/protocol/timeline'
import { AnswerText, type AnswerBlock } from '../lib/answerText'

export interface ShownAnswer {
  readonly messageId: string
  readonly blocks: readonly AnswerBlock[]
}

/** Milliseconds of a frame that reading may take. */
const READ_MS = 6
/** Where a reading took longer, so many times that passes before the next. */
const REST_TIMES = 5

export class Answers {
  shown = $state.raw<readonly ShownAnswer[]>([])
  /** As they were written, instead of what they mean. */
  asSource = $state(false)

  private readonly texts = new Map<string, AnswerText>()
  private frameRequest: number | undefined
  private paused = false
  /** `performance.now()` from when on answers are read again. */
  private restsUntil = 0
  /** As they were at the moment that is replayed. */
  private replayed: ReadonlyMap<string, AnswerText> | undefined
  private readonly stop: () => void

  constructor(
    client: Client,
    /** Called when a piece is missing: everything must come again. */
    onGap: () => void,
    /** Called when the person chose how they are shown. */
    private readonly onIntent: () => void,
  ) {
    this.stop = client.on('answer', ({ message_id, from, text }) => {
      const answer = this.texts.get(message_id) ?? new AnswerText()
      this.texts.set(message_id, answer)
      if (!answer.apply(from, text)) onGap()
      this.schedule()
    })
  }

  /** All answers as they came, one after the other: Markdown as the model wrote it. */
  get markdown(): string {
    return [...(this.replayed ?? this.texts).values()]
      .map((answer) => answer.text)
      .filter((text) => text !== '')
      .join('\n\n---\n\n')
  }

  setAsSource(asSource: boolean): void {
    this.asSource = asSource
    this.onIntent()
  }

  setPaused(paused: boolean): void {
    this.paused = paused
    this.schedule()
  }

  /** Shows the answers as they were; undefined: as they are. */
  replay(answers: ReplayState['answers'] | undefined): void {
    this.replayed =
      answers === undefined
        ? undefined
        : new Map(
            answers.map(({ message_id, text }) => {
              const answer = this.replayed?.get(message_id) ?? new AnswerText()
              answer.set(text)
              return [message_id, answer]
            }),
          )
    this.schedule()
  }

  dispose(): void {
    this.stop()
    if (this.frameRequest !== undefined) cancelAnimationFrame(this.frameRequest)
  }

  private schedule(): void {
    this.frameRequest ??= requestAnimationFrame((now) => {
      this.frameRequest = undefined
      if (this.paused) return
      if (now < this.restsUntil || this.readOn()) this.schedule()
    })
  }

  /** @returns whether there is more to read in another frame */
  private readOn(): boolean {
    const begin = performance.now()
    const answers = this.replayed ?? this.texts
    let isMore = false
    for (const answer of answers.values()) {
      while (!isMore && answer.read()) isMore = performance.now() - begin > READ_MS
    }
    this.shown = [...answers]
      .filter(([, answer]) => answer.text !== '')
      .map(([messageId, answer]) => ({ messageId, blocks: answer.blocks }))
    const end = performance.now()
    if (!isMore && end - begin > READ_MS) this.restsUntil = end + (end - begin) * REST_TIMES
    return isMore
  }
}
