// Looks like a test run: coloured output, a stack with a place to click, and an exit code that says what failed.
import { setTimeout as delay } from 'node:timers/promises'

// Without a terminal programs are told by FORCE_COLOR that somebody can show colours.
const colour = process.stdout.isTTY === true || (process.env.FORCE_COLOR ?? '0') !== '0'
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)

function reads(text) {
  if (text.includes('tram')) throw new Error(`expected 3 stops in "${text}", found 2`)
}

const tests = ['reads a timetable', 'reads an empty page', 'counts the stops of a tram', 'keeps the order', 'ends in time']
const failures = []
console.log(paint('1', 'timetable'))
for (const test of tests) {
  await delay(400)
  try {
    reads(test)
    console.log(`  ${paint('32', '✓')} ${test}`)
  } catch (error) {
    failures.push(error)
    console.log(`  ${paint('31', '✗')} ${paint('31', test)}`)
  }
}
for (const error of failures) console.error(`\n${paint('31', error.stack)}`)
console.log(`\n${paint('32', `${tests.length - failures.length} passed`)}, ${paint('31', `${failures.length} failed`)}`)
console.log(`see ${paint('4', 'https://example.com/timetable')}`)
process.exitCode = failures.length
