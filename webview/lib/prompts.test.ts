import assert from 'node:assert/strict'
import { asksForSecret, asksSomething } from './prompts'

describe('the prompt of a command', () => {
  it('is known when it asks for a secret', () => {
    for (const line of [
      'Password: ',
      '[sudo] password for ada:',
      "Enter passphrase for key '/home/ada/.ssh/id_ed25519': ",
      'Wandb API key:',
      'Enter your token? ',
      'PIN: ',
    ])
      assert.equal(asksForSecret(line), true, line)
  })

  it('is plain otherwise', () => {
    for (const line of [
      '',
      'Name: ',
      'tokens: 120/200',
      'Password accepted',
      'Spin: ',
      'password: hunter2 is weak',
      'Overwrite the secret file x? [y/N] ',
    ])
      assert.equal(asksForSecret(line), false, line)
    assert.equal(asksForSecret('token'.repeat(100_000)), false)
  })
})

describe('a question of a command', () => {
  it('is told by how it ends', () => {
    for (const line of ['Your name: ', 'Continue? [y/N] ', 'Are you sure?', '>>> ', '(pdb) ', 'host$ ', 'Password:'])
      assert.ok(asksSomething(line), line)
  })

  it('is no bar and no line that is still written', () => {
    for (const line of [
      '',
      '   ',
      'Downloading',
      ' 45%|███ | 9/20 [00:10<00:12]',
      'step 3/7 (eta 5 s)',
      '100 [2.0it/s]',
    ])
      assert.ok(!asksSomething(line), line)
  })
})
