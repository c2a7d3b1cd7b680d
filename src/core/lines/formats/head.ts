/** The steps of a line's head as the fast scanner takes them, byte by byte. */
export type HeadStep = string | { readonly stamp: StampKind } | { readonly step: StepName } | { readonly until: string }

export type StampKind =
  'iso' | 'monthDay' | 'bsd' | 'clf' | 'apache' | 'glog' | 'clock' | 'epoch' | 'shortDate' | 'dayMonth'

export type StepName =
  'blanks' | 'maybeBlanks' | 'digits' | 'token' | 'level' | 'letter' | 'priority' | 'status' | 'quoted'
