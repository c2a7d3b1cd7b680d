/** What is wrong with a pattern of files, for the person who types it. */
import { stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Only what the editor's own search and the recorder take alike is good: `*`, `?`, `**`, `{a,b}`, `[a-z]`.
 * @param cwd the folder in which the pattern begins @returns undefined for a good one
 */
export async function globProblem(glob: string, cwd: string): Promise<string | undefined> {
  const problem = textProblem(glob, path.basename(cwd))
  if (problem !== undefined) return problem
  const isFolder = await stat(path.join(cwd, glob)).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  return isFolder ? `${glob} is a folder. ${glob}/** is all that lies in it.` : undefined
}

function textProblem(glob: string, folder: string): string | undefined {
  const parts = glob.split('/')
  if (glob.trim() === '') return 'Type a pattern, such as logs/**/*.log.'
  if (glob.includes('\\')) return 'Folders are parted by /, not by \\.'
  if (glob.startsWith('/') || /^[a-z]:/i.test(glob))
    return `The pattern begins in the folder ${folder}: leave out what is before it.`
  if (glob.startsWith('!')) return 'A pattern says what is followed; it can’t begin with !.'
  if (parts.includes('..') || parts.includes('.'))
    return `The pattern begins in the folder ${folder} and stays there: leave out . and ..`
  if (glob.endsWith('/')) return `This is a folder. ${glob}** is all that lies in it.`
  if (parts.includes('')) return 'There is a / too many.'
  if (parts.some((part) => part !== '**' && part.includes('**')))
    return '** means any folders and stands alone between two /, as in logs/**/*.log.'
  if (/[*?+@!]\(/.test(glob)) return 'Choices are written {a,b}, not with ( ).'
  return bracketProblem(glob)
}

function bracketProblem(glob: string): string | undefined {
  let [inChoices, inSigns] = [false, false]
  for (const sign of glob) {
    if (inSigns) inSigns = sign !== ']'
    else if (sign === '[') inSigns = true
    else if (sign === '{' && inChoices) return 'There is a { within { }: write the choices one beside the other.'
    else if (sign === '{') inChoices = true
    else if (sign === '}' && inChoices) inChoices = false
    else if (sign === '}' || sign === ']') return `There is a ${sign} that nothing opens.`
  }
  return inSigns ? 'The [ is never closed.' : inChoices ? 'The { is never closed.' : undefined
}
