/** The contents that followed files had, kept by the editor for the workspace: what was kept of their lines finds them again. */
import type { Memento } from 'vscode'
import { z } from 'zod'
import type { FollowedText } from '../../node/textfile/followedText'
import type { KnownContent } from '../../node/textfile/knownContents'

const KEY = 'tapedeck.follow.contents'
/** The files longest unchanged are forgotten. */
const MAX_KEPT = 200

const contentsSchema = z.array(
  z.object({
    inode: z.string(),
    headBytes: z.number().int().positive(),
    headHash: z.string(),
    seqBase: z.number().int().nonnegative(),
  }),
)

type Kept = readonly (readonly [path: string, contents: unknown])[]

export function contentsOf(memory: Memento, path: string): readonly KnownContent[] {
  const [, kept] = memory.get<Kept>(KEY, []).find(([other]) => other === path) ?? []
  const parsed = contentsSchema.safeParse(kept)
  return parsed.success ? parsed.data : []
}

/** Keeps what the files' contents are, now and as they change, until the returned function is called. */
export function keepContents(memory: Memento, store: FollowedText, report: (error: unknown) => void): () => void {
  const kept = new Map<string, string>()
  const keep = (): void => {
    for (const { path, state } of store.files) {
      const { contents } = state
      // Most news are of lines: the contents are the same.
      const version = contents.map(({ seqBase, headBytes }) => `${String(seqBase)}:${String(headBytes)}`).join()
      if (version === (kept.get(path) ?? '')) continue
      kept.set(path, version)
      const others = memory.get<Kept>(KEY, []).filter(([other]) => other !== path)
      const all: Kept = [[path, contents], ...others]
      memory.update(KEY, all.slice(0, MAX_KEPT)).then(undefined, report)
    }
  }
  keep()
  return store.onDidChangeState(keep)
}
