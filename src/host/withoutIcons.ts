/** A text for a label in which the editor would draw `$(name)` as an icon: a command line may hold such a thing. */
export function withoutIcons(text: string): string {
  return text.replace(/\$\((?=[\w~-]+\))/g, '\\$(')
}
