// What mocha is told so that two files of tests run at once: most of a test's time it waits for a browser, a disk, a timer.

/** @param {readonly string[]} words which files were asked for; those of a few are read as they come */
export function atOnce(words) {
  return words.length > 0 ? [] : ['--parallel', '--jobs', '2']
}
