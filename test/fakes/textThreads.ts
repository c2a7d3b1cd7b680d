/** The threads of text files, run in the thread of the test: the same messages, and nothing to build. */
import { EventEmitter } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { followFile } from '../../src/node/textfile/fileFollowing'
import { TextReader, type ThreadLike } from '../../src/node/textfile/textReader'
import { serveTextFiles } from '../../src/node/textfile/textThread'

export function textReader(): TextReader {
  return new TextReader(() => threadOf((port) => serveTextFiles(port, followFile)))
}

interface Port {
  post(message: unknown): void
  onMessage(listener: (message: never) => void): void
}

function threadOf(serve: (port: Port) => void): ThreadLike {
  const { port1, port2 } = new MessageChannel()
  serve({
    post: (message) => port2.postMessage(message),
    onMessage: (listener) => port2.on('message', listener as (message: unknown) => void),
  })
  return Object.assign(new EventEmitter(), {
    on: (event: string, listener: (value: never) => void) =>
      event === 'message' ? port1.on(event, listener as (message: unknown) => void) : port1,
    postMessage: (message: unknown) => port1.postMessage(message),
    terminate: () => {
      port1.close()
      return Promise.resolve()
    },
  })
}
