/** What CDP's network events say, in the terms of our events. */

const MAX_URL = 8192

/** The parts of CDP's `Network.ResourceTiming` that are kept. */
export interface Timing {
  readonly dnsStart: number
  readonly dnsEnd: number
  readonly connectStart: number
  readonly connectEnd: number
  readonly sslStart: number
  readonly sslEnd: number
  readonly sendStart: number
  readonly sendEnd: number
  readonly receiveHeadersEnd: number
}

/** CDP tells milliseconds since the request's start, -1 for what did not happen; HAR wants the length of each part. */
export function timingsOf(timing: Timing): Record<string, number> {
  const part = (start: number, end: number): number =>
    start < 0 || end < 0 ? -1 : Math.round((end - start) * 1000) / 1000
  return {
    dns: part(timing.dnsStart, timing.dnsEnd),
    connect: part(timing.connectStart, timing.connectEnd),
    ssl: part(timing.sslStart, timing.sslEnd),
    send: part(timing.sendStart, timing.sendEnd),
    wait: part(timing.sendEnd, timing.receiveHeadersEnd),
  }
}

/** False for what never went over a network or is the browser's own. */
export function isOurBusiness(url: string): boolean {
  return !/^(?:data|blob|chrome|chrome-extension|chrome-untrusted|devtools|about):/i.test(url)
}

/** An address as the log keeps it: a very long one is cut, and says so. */
export function shortUrl(url: string): string {
  return url.length > MAX_URL ? `${url.slice(0, MAX_URL)}…[cut, ${String(url.length)} characters]` : url
}

/** Header names in lower case, values as text. */
export function lowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

/** CDP's seconds as milliseconds with three decimals, never below 0. */
export function milliseconds(seconds: number): number {
  return Math.max(0, Math.round(seconds * 1e6) / 1e3)
}
