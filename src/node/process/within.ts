/** Resolves when it has happened (true), or after so many milliseconds (false). */
export async function within(ms: number, happens: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false)
  })
  const result = await Promise.race([happens.then(() => true), late])
  clearTimeout(timer)
  return result
}
