/** The UTF-8 bytes of a text, one a character, as `btoa` wants them. */
export function textBytes(text: string): string {
  const bytes = new TextEncoder().encode(text)
  let result = ''
  // As many arguments as every engine takes.
  for (let at = 0; at < bytes.length; at += 8192) result += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return result
}
