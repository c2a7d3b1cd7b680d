/** A small chat that speaks what a test writes, when the test writes it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

/** One answer of the chat: the test writes it. */
export interface Ask {
  readonly prompt: string
  readonly response: ServerResponse
}

/** The server, and what it is asked. */
export interface ChatServer {
  readonly url: string
  /** Resolves with the next request of a turn. */
  nextAsk(): Promise<Ask>
  close(): Promise<void>
}

/** What a test may do with its requests. */
export interface ChatServerOptions {
  /** More addresses; true when it answered. */
  readonly other?: (request: IncomingMessage, response: ServerResponse) => boolean
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Script of the page besides its composer. */
  readonly script?: string
  /** Where the page sends its prompts. */
  readonly path?: string
}

/** Starts it on a free port of this machine. */
export async function startChatServer(options: ChatServerOptions = {}): Promise<ChatServer> {
  const { path = '/v1/chat/completions' } = options
  const asks: Ask[] = []
  let waiting: ((ask: Ask) => void) | undefined
  const server = createServer((request, response) => {
    if (options.other?.(request, response) === true) return
    if (request.method === 'POST' && request.url === path) {
      let prompt = ''
      request.setEncoding('utf8').on('data', (text: string) => (prompt += text))
      request.on('end', () => {
        const ask = { prompt, response }
        if (waiting === undefined) asks.push(ask)
        else waiting(ask)
        waiting = undefined
      })
    } else if (request.url === '/' || request.url === '/next') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pageOf(path, options.script ?? ''))
    } else response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here')
  })
  if (options.onUpgrade !== undefined) server.on('upgrade', options.onUpgrade)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    nextAsk: () =>
      new Promise((resolve) => {
        const ask = asks.shift()
        if (ask === undefined) waiting = resolve
        else resolve(ask)
      }),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The head of an event stream. */
export function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
}

/** A piece of an answer in the format of chat completions. */
export function chunk(content: string, finish: string | null = null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: finish }]
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'test-1', choices })}\n\n`
}

function pageOf(path: string, script: string): string {
  return `<!doctype html><meta charset="utf-8"><title>chat</title><link rel="icon" href="data:,">
<textarea id="prompt" rows="4" cols="60"></textarea><button id="send">Send</button><pre id="answer"></pre>
<script>
document.getElementById('send').onclick = async () => {
  const response = await fetch('${path}', { method: 'POST', body: document.getElementById('prompt').value })
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    document.getElementById('answer').append(value)
    if (value.includes(': leave')) location.assign('/next')
  }
}
${script}
</script>`
}
