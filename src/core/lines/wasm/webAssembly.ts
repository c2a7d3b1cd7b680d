/** What is used of WebAssembly, which every platform of ours has but not every one declares. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  Instance: new (
    module: object,
    imports: Record<string, Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> }
}

/** A module at work with a memory of its own. Throws where there is no WebAssembly with vectors. */
export function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  pages: number,
): { readonly buffer: ArrayBuffer; readonly exports: Readonly<Record<string, unknown>> } {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  return { buffer: memory.buffer, exports }
}
