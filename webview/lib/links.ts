const MAX_LINKS = 20

/** The web addresses (http and https) that stand as whole strings in a JSON text, each once, at most 20. */
export function linksOf(json: string): string[] {
  const found = new Set<string>()
  for (const match of json.matchAll(/"(https?:\/\/(?:[^"\\\s]|\\.)+)"/gi)) {
    const url = decode(match[0])
    if (url !== undefined && URL.canParse(url)) found.add(url)
    if (found.size >= MAX_LINKS) break
  }
  return [...found]
}

/** A JSON string literal's value; undefined for what is none, such as a piece of a damaged line. */
function decode(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string
  } catch {
    return undefined
  }
}
