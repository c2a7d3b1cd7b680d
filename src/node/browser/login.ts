/** Whether the person is logged in: several signals, of which one alone proves nothing (facts 1.17). */

/** What stands where the composer should be, and wants a person. */
export type Wall = 'human_needed' | 'authentication_required'

/** What was seen. A signal that could not be read is absent. */
export interface LoginSignals {
  /** The site's session answer holds an access token. */
  readonly session?: boolean
  /** There is a session cookie. */
  readonly cookie?: boolean
  /** Which of the two APIs the page talks to. */
  readonly api?: 'logged_in' | 'logged_out'
  /** The button of the person's account is shown. */
  readonly profile: boolean
  /** A button to log in is shown. */
  readonly login: boolean
}

/** The state that at least two signals tell and that has more of them; undefined where they don't. */
export function loginState(signals: LoginSignals): 'authenticated' | 'logged_out' | undefined {
  const { session, cookie, api, profile, login } = signals
  const count = (...found: boolean[]): number => found.filter(Boolean).length
  const loggedIn = count(session === true, cookie === true, api === 'logged_in', profile)
  const loggedOut = count(session === false, api === 'logged_out', login)
  if (loggedIn >= 2 && loggedIn > loggedOut) return 'authenticated'
  return loggedOut >= 2 && loggedOut > loggedIn ? 'logged_out' : undefined
}

/** Which API an address belongs to, if it is one of the chat's. */
export function apiOf(url: string): LoginSignals['api'] {
  const [, kind] = /^https?:\/\/[^/]+\/backend-(api|anon)\//.exec(url) ?? []
  return kind === undefined ? undefined : kind === 'api' ? 'logged_in' : 'logged_out'
}

/** True for the address of a page that is there to log in. */
export function isLoginAddress(url: string): boolean {
  return /^https?:\/\/(?:(?:auth|login|accounts?)\.[^/]+\/|[^/]+\/(?:[^?#]*\/)?(?:auth\/|log-?in\b|sign-?in\b))/i.test(
    url,
  )
}
