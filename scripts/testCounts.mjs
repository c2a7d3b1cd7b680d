// Counts what mocha's report says. A run that says nothing, or ends badly without a failed test, is a failure itself.

/**
 * @param {string} output all that the run printed
 * @param {number | null} code its exit code
 * @returns {{passed: number, failed: number, skipped: number}}
 */
export function countsOf(output, code) {
  const sum = (word) =>
    [...output.matchAll(new RegExp(`^\\s+(\\d+) ${word}\\b`, 'gm'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    )
  const counts = { passed: sum('passing'), failed: sum('failing'), skipped: sum('pending') }
  const ran = counts.passed + counts.failed > 0
  if (counts.failed === 0 && (code !== 0 || !ran)) counts.failed = 1
  return counts
}
