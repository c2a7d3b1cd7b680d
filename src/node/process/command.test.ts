import assert from 'node:assert/strict'
import { UserError } from '../../shared/userError'
import { checkForNul } from './command'

describe('a command', () => {
  const refused = (message: RegExp) => (error: unknown) =>
    error instanceof UserError && message.test(error.message) && !error.message.includes('secret')

  it('that no system call can be given is refused by name, without its values', () => {
    const program = { file: '/bin/true', args: ['a', 'b'] }
    checkForNul(program, { A: 'a' })
    assert.throws(
      () => {
        checkForNul(program, { A: 'a', TOKEN: 'secret\0' })
      },
      refused(/variable "TOKEN" holds a NUL/),
    )
    assert.throws(
      () => {
        checkForNul({ ...program, args: ['a', 'secret\0'] }, {})
      },
      refused(/^Argument 2 of/),
    )
    assert.throws(
      () => {
        checkForNul({ file: 'secret\0', args: [] }, {})
      },
      refused(/^The command holds/),
    )
  })
})
