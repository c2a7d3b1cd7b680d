import { UserError } from '../../shared/userError'

/** A page shows what strangers wrote: it may have web addresses opened, and nothing else. @throws UserError `bad_link` */
export function checkLink(url: string): void {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new UserError('Only web addresses (http and https) can be opened.', 'bad_link')
}
