/** The files that a follower has read or that were there before it: what a rotation made between two looks is none of them. */
import { isSameFile, type FileIdentity, type HeldFile } from './heldFile'
import { filesBetween, siblingIdentities } from './siblings'

const MAX_FILES = 256

export class KnownFiles {
  private readonly files: FileIdentity[] = []

  constructor(private readonly path: string) {}

  has(identity: FileIdentity): boolean {
    return this.files.some((one) => isSameFile(one, identity) && one.birth === identity.birth)
  }

  add(identity: FileIdentity): void {
    if (this.has(identity)) return
    this.files.push(identity)
    if (this.files.length > MAX_FILES) this.files.shift()
  }

  /**
   * What lies beside the file while it still has its name never had that name after it.
   * @param isStillNamed asked when the folder has been read
   */
  addSiblings(isStillNamed: () => boolean): void {
    const found = siblingIdentities(this.path)
    if (!isStillNamed()) return
    for (const identity of found) this.add(identity)
  }

  /** Files that had the name between two others, and that nobody has seen; oldest first. */
  filesBetween(last: FileIdentity, next: FileIdentity): HeldFile[] {
    return filesBetween(this.path, last, next, (identity) => this.has(identity))
  }
}
