/**
 * One HTML file that shows a run in the panel, in any browser and without a network: the panel's own script and style in it, and
 * the log, packed. Its policy allows exactly these two (by their hashes) and nothing that reaches out.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { recordedInfo } from '../../core/panel/recordedInfo'
import type { RunInfo } from '../../shared/protocol/contract'
import { formatBytes } from '../../shared/lib/format'
import type { Notes } from '../../shared/events/notes'
import { notedMarkers } from '../../shared/lib/bookmarks'
import { UserError } from '../../shared/userError'
import type { LogInfo } from './reader'

/** A browser holds the whole log in memory. */
const MAX_LOG_BYTES = 200 * 1024 * 1024
/** One element of packed log; base64 takes 3 bytes at a time. */
const PIECE_BYTES = 3 * 256 * 1024

/**
 * @param notes what a person said of the run: its title and markers are in the page
 * @param document the log as one valid document
 * @param pages the folder of `standalone.js` and `standalone.css`
 * @throws UserError `too_large`, or `no_page` where the bundles are not there
 */
export async function* htmlPage(
  { path: file, head, metadata, fileBytes }: LogInfo,
  notes: Notes,
  document: AsyncIterable<Buffer | string>,
  pages: string | undefined,
): AsyncGenerator<string> {
  if (fileBytes > MAX_LOG_BYTES) {
    throw new UserError(
      `The log has ${formatBytes(fileBytes)}, and a page holds at most ${formatBytes(MAX_LOG_BYTES)}, since a browser keeps all of it in memory. Choose json, and open it in the editor.`,
      'too_large',
      'bad_input',
    )
  }
  const [script, style] = await Promise.all([asset(pages, 'standalone.js'), asset(pages, 'standalone.css')])
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    'font-src data:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  yield `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Tapedeck">
<link rel="icon" href="data:,">
<title>${escapeHtml(notes.title ?? head.title)}</title>
<style>${style}</style>
</head>
<body>
<p id="loading" role="status">Loading the run…</p>
<noscript>This page shows a recorded run with a script of its own. Allow scripts to see it.</noscript>
`
  const state = metadata?.status ?? 'stale'
  const info: RunInfo = {
    ...recordedInfo(head, metadata),
    ...(notes.title === undefined ? {} : { title: notes.title }),
    state: state === 'running' ? 'stale' : state,
    elapsed_ms: metadata?.duration_ms ?? 0,
    path: path.basename(file),
  }
  yield dataElement('tapedeck-run', info)
  yield dataElement('tapedeck-bookmarks', notedMarkers(notes))
  for await (const piece of packed(document))
    yield `<script type="application/x-tapedeck-log">${piece.toString('base64')}</script>\n`
  yield `<script>${script}</script>\n</body>\n</html>\n`
}

/** Data for the page's script; no tag can begin or end in it. */
function dataElement(id: string, data: unknown): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>\n`
}

/** Gzip, in pieces whose base64 can be put together again. */
async function* packed(document: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  const source = Readable.from(document)
  const gzip = createGzip()
  source.on('error', (error) => gzip.destroy(error))
  let held: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of source.pipe(gzip)) {
      held.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length < PIECE_BYTES) continue
      const all = Buffer.concat(held)
      const whole = all.length - (all.length % 3)
      yield all.subarray(0, whole)
      held = [all.subarray(whole)]
      length = all.length - whole
    }
    if (length > 0) yield Buffer.concat(held)
  } finally {
    source.destroy()
    gzip.destroy()
  }
}

async function asset(pages: string | undefined, name: string): Promise<string> {
  try {
    return await readFile(path.join(pages ?? '', name), 'utf8')
  } catch (error) {
    throw new UserError(
      `The page of an HTML export (${name}) is not beside this Tapedeck. Install it again, or build it.`,
      'no_page',
      'missing',
      { cause: error },
    )
  }
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
