/** The threads of text files, run in the thread of the test: the same messages, and nothing to build. */
import { MessageChannel } from 'node:worker_threads'
import { followFile } from '../../src/node/textfile/fileFollowing'
import { serveScans } from '../../src/node/textfile/scanThread'
import type { TextThreads } from '../../src/node/textfile/textFileStore'
import { TextReader, type ThreadLike } from '../../src/node/textfile/textReader'
import { serveTextFiles } from '../../src/node/textfile/textThread'

/** @param ripgrep searches files of any size */
export function textThreads(ripgrep?: string): TextThreads {
  return {
    reader: new TextReader(() => threadOf((port) => serveTextFiles(port, followFile))),
    startScanner: () =>
      threadOf((port) => {
        serveScans(port, ripgrep === undefined ? {} : { ripgrep: { path: ripgrep, fromBytes: 0 } })
      }),
  }
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
  return {
    postMessage: (message) => port1.postMessage(message),
    onMessage: (listener) => port1.on('message', listener as (message: unknown) => void),
    onError: () => undefined,
    terminate: () => {
      port1.close()
      return Promise.resolve()
    },
  }
}
