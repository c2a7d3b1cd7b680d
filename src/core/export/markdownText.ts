/** What strangers wrote, as text of a Markdown document. */

/** In one line, with nothing that Markdown or HTML would read. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>|]/g, '\\$&')
}

/** Text as it is, whatever it holds: four spaces make it code. */
export function indentedCode(text: string): string {
  return `    ${text.replace(/\r?\n/g, '\n    ')}\n`
}
