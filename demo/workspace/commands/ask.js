// Asks, and waits for answers on its standard input: type them in the panel's input line.
import { createInterface } from 'node:readline'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

async function ask(question) {
  process.stdout.write(`${question} `)
  const { done, value } = await lines.next()
  return done ? undefined : value.trim()
}

const name = await ask('What is your name?')
if (name === undefined) {
  console.error('Error: the input ended before there was an answer')
  process.exit(1)
}
console.log(`Hello, ${name === '' ? 'whoever you are' : name}.`)
const secret = 1 + Math.floor(Math.random() * 10)
for (let tries = 1; ; tries++) {
  const guess = await ask('Guess a number from 1 to 10:')
  if (guess === undefined) break
  if (Number(guess) === secret) {
    console.log(`Right, after ${tries} tries.`)
    break
  }
  console.log(Number(guess) < secret ? 'It is more.' : 'It is less.')
}
process.stdin.destroy()
