/** Lets a FileFollower (node/follow) tell a text file how far its contents go: the bytes are read from the files when they are wanted. */
import process from 'node:process'
import { FileFollower } from '../follow/fileFollower'
import type { HeldFile } from '../follow/heldFile'
import { positionAt } from '../follow/positionAt'
import type { StartFollower } from './follower'

export const followFile: StartFollower = (path, from, sink) =>
  new FileFollower(
    path,
    { from: (from === undefined ? undefined : positionAt(path, from)) ?? 'start' },
    {
      bytes: (chunk, { generation, offset }) => {
        sink.bytes(generation, offset + chunk.length)
        return undefined
      },
      file: ({ state, generation, goesOn }, held) => {
        sink.file({
          state,
          generation,
          goesOn,
          ...(held === undefined
            ? {}
            : { content: { path: pathOf(path, held), identity: identityOf(held), start: held.position } }),
        })
      },
      state: (state) => {
        sink.state(state)
      },
      notice: (message) => {
        sink.notice(message)
      },
    },
  )

/** A path by which an open file can be opened again, whatever became of its name; where there is none such, its name. */
function pathOf(path: string, { fd }: HeldFile): string {
  if (process.platform === 'linux') return `/proc/self/fd/${String(fd)}`
  return process.platform === 'darwin' ? `/dev/fd/${String(fd)}` : path
}

function identityOf({ identity }: HeldFile): string {
  return `${String(identity.dev)}:${String(identity.ino)}`
}
