/** What the export of a run put into its page (src/node/runlog/htmlPage.ts). */
import type { Bookmark, RunInfo } from '../../src/shared/protocol/contract'

/** @throws Error when the page is cut or was changed */
export function embeddedInfo(): RunInfo {
  return JSON.parse(document.getElementById('tapedeck-run')?.textContent ?? '') as RunInfo
}

/** What the person marked in the run before it was exported. @throws Error when the page is cut or was changed */
export function embeddedBookmarks(): readonly Bookmark[] {
  return JSON.parse(document.getElementById('tapedeck-bookmarks')?.textContent ?? '[]') as readonly Bookmark[]
}

/** The bytes of the log. Its packed pieces are taken out of the page. @throws Error when they are cut or were changed */
export async function embeddedLog(): Promise<Uint8Array<ArrayBuffer>> {
  const pieces = [...document.querySelectorAll('script[type="application/x-tapedeck-log"]')]
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const piece = pieces.shift()
      if (piece === undefined) controller.close()
      else controller.enqueue(bytesOf(piece.textContent))
      piece?.remove()
    },
  })
  return new Uint8Array(await new Response(packed.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}
