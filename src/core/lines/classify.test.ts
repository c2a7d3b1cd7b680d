import assert from 'node:assert/strict'
import { classifyLine } from './classify'
import { HASH_SHIFT, hintTable } from './lineHints'

/** Line by line: the text, and what it is. */
const marked: Readonly<Record<string, readonly string[]>> = {
  trace: ['TRACE entering', '[trace] x', 'level=trace msg=x'],
  debug: ['DEBUG:root:x', '[12:00:00 DBG] x', '{"level":20,"msg":"an error"}', 'D/Tag( 12): error'],
  info: [
    'INFO:     Started server process [1]',
    '2026-11-20 03:30:05,123 - app - INFO - 3 errors were fixed',
    '2026-11-20 03:30:05.231 | INFO     | __main__:f:3 - failed over',
    '12:34:56.789 [main] INFO  c.e.App -- error handler is ready',
    'I1120 03:30:05.123456 1 file.cc:12] an error',
    'time=2026-11-20 level=info msg="error: x"',
    '{"severity":"INFO","message":"error"}',
    '[INFO] Scanning for projects...',
    '[12:00:00 INF] x',
  ],
  warn: [
    'warning: unused variable',
    'foo.c:12:3: warning: unused variable x [-Wunused]',
    '/a/b.py:12: DeprecationWarning: use y',
    'npm WARN deprecated request@2.88.2: request is deprecated',
    'npm warn deprecated request@2.88.2',
    '[WARN] low disk',
    'WARNING:root:x',
    'W1120 03:30:05.123456 1 file.cc:12] x',
    'Compiled with warnings.',
    'Found 0 errors and 3 warnings.',
    '(node:12) [DEP0040] DeprecationWarning: The `punycode` module is deprecated.',
    '##[warning]Node 16 is out of date',
  ],
  error: [
    'error: x',
    'Error: Cannot find module "x"',
    'An error occurred while loading',
    'src/a.ts(1,2): error TS1234: x',
    'ERROR in ./src/a.ts',
    'error[E0308]: mismatched types',
    'npm ERR! code ELIFECYCLE',
    'npm error code ENOENT',
    'Traceback (most recent call last):',
    'ValueError: x',
    'requests.exceptions.HTTPError: 404',
    'java.lang.IllegalStateException: x',
    'Exception in thread "main" java.lang.NullPointerException',
    'KeyboardError',
    'E1120 03:30:05.123456 1 file.cc:12] x',
    'E/Tag( 12): x',
    'E   assert 1 == 2',
    'foo.c:1:2: error: x',
    'make: *** [all] Error 1',
    'Found 3 errors in 2 files',
    '1 error, 2 warnings',
    'errors: 3',
    'Validation error: name is missing',
    'bash: foo: command not found',
    'level=error msg=x',
    '{"level":50,"msg":"x"}',
    '##[error]Process completed with exit code 1.',
    '[ERROR] 0 things were done',
    'ERROR:root:x',
    'app ERROR: x',
    '2026-11-20T03:30:05Z ERROR x',
  ],
  fatal: [
    'fatal: not a git repository',
    'panic: runtime error: index out of range',
    "thread 'main' panicked at src/main.rs:3:5:",
    'Segmentation fault (core dumped)',
    'Killed',
    './x.sh: line 3: 1234 Killed    ./y',
    'FATAL ERROR: Reached heap limit',
    'foo.c:1:2: fatal error: x.h: No such file or directory',
    'CRITICAL:root:x',
    'Fatal Python error: Segmentation fault',
    '{"level":60,"msg":"x"}',
  ],
  success: [
    '✓ renders (3 ms)',
    '  ✔ works',
    '✅ Deployed',
    'PASS src/a.test.ts',
    'test_a.py::test_x PASSED [ 50%]',
    '12 passed in 0.5s',
    '=== 12 passed, 0 failed in 0.5s ===',
    'All tests passed!',
    'ok 1 - adds',
    'ok  \tgithub.com/a/b\t0.012s',
    'test a::b ... ok',
    'test result: ok. 12 passed; 0 failed; 0 ignored',
    '[  OK  ] Started x',
    'Done in 3.42s.',
    'Downloading... done',
    'Build succeeded',
    'Compiled successfully in 300ms',
    'Deployment successful.',
    'Build completed.',
    '  12 passing (3s)',
    'Login success',
  ],
  failure: [
    '✗ renders',
    '✖ 3 problems',
    '✕ fails when empty',
    'FAIL src/a.test.ts',
    'test_a.py::test_x FAILED [ 50%]',
    '1 failed, 12 passed',
    'Failed to connect to host',
    'Tests run: 5, Failures: 2, Skipped: 0',
    'not ok 3 - divides',
    '  1 failing',
    'localhost : ok=5 changed=1 unreachable=0 failed=1',
    'BUILD FAILED',
  ],
}
const unmarked = [
  '',
  '0 errors',
  'no errors found',
  'Found 0 errors. Watching for file changes.',
  'errors: 0',
  'Errors: 0, Failures: 0',
  'error: none',
  'without errors',
  'an error-free run',
  'error: 0.0123',
  'mean squared error 0.05',
  'mean error 3',
  'error rate 3%',
  'error handling is on',
  'warnings: 0',
  '0 warnings',
  'no warnings',
  'Tests run: 5, Failures: 0, Errors: 0, Skipped: 0',
  'localhost : ok=5 changed=1 unreachable=0 failed=0',
  '0 failed',
  '# fail 0',
  '0/12 tests failed',
  'errors.py',
  'src/errors.py',
  'src/error/index.ts',
  'import x from "./error"',
  'error_count',
  'x.error(1)',
  'console.error("x")',
  '--on-error=stop',
  '-Werror',
  'https://a.example/error?failed=1',
  'fail-fast is on',
  '{"error":null,"value":1}',
  'the "error" field',
  'std::error::Error',
  'error=null',
  'if it fails, an email is sent',
  'never fail',
  'the token was passed to the function',
  'pass the salt',
  'okay, go on',
  'is that ok with you',
  '50% complete',
  'work to be done by the team',
  'success rate 12',
  'time 12:30:45',
  'I think so',
  'nonerror',
  'reading config from default',
  'unsuccessful',
  'loading FOOTRACE',
  'Terror',
  'warned you',
  'passport',
]

/** Whether the encoder would look at the line; as LineEncoder.fastLines does. */
function isHinted(line: string): boolean {
  const bytes = Buffer.from(line)
  const [first = 0, second = 0] = bytes
  const isLetter = first >= 0x41 && first <= 0x5a
  if (isLetter && (second === 0x2f || second === 0x20 || (second >= 0x30 && second <= 0x39))) return true
  let window = 0x20202020
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    window = (window << 8) | byte | 0x20
    if (hintTable.grams[Math.imul(window, hintTable.multiplier) >>> HASH_SHIFT] === window) return true
    if (byte === 0xe2 && bytes[at + 1] === 0x9c) return true
    if (byte >= 0xc2) at += byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
  }
  return false
}

describe('the level and outcome of a line', () => {
  for (const [kind, lines] of Object.entries(marked)) {
    it(`is ${kind}`, () => {
      const wrong = lines.filter((line) => {
        const { level, outcome } = classifyLine(line)
        return kind === 'success' || kind === 'failure' ? outcome !== kind : level !== kind
      })
      assert.deepEqual(wrong, [])
    })
  }

  it('is nothing where a word only looks like one', () => {
    const wrong = unmarked
      .map((line) => ({ line, ...classifyLine(line) }))
      .filter(({ level, outcome }) => level !== undefined || outcome !== undefined)
    assert.deepEqual(wrong, [])
  })

  it('has no level where only the outcome is told, and the other way round', () => {
    assert.deepEqual(classifyLine('12 passed in 0.5s'), { outcome: 'success' })
    assert.deepEqual(classifyLine('1 failed, 12 passed'), { outcome: 'failure' })
    assert.deepEqual(classifyLine('error: x'), { level: 'error' })
    assert.deepEqual(classifyLine('12 passed, 3 warnings in 0.5s'), { level: 'warn', outcome: 'success' })
    assert.deepEqual(classifyLine('[INFO] BUILD SUCCESS'), { level: 'info', outcome: 'success' })
    assert.deepEqual(classifyLine('[INFO] BUILD FAILURE'), { level: 'info', outcome: 'failure' })
  })

  it('is found only where a hint makes the encoder look', () => {
    for (const line of Object.values(marked).flat()) assert.ok(isHinted(line), line)
    const words = [
      ...[
        'error',
        'Errors',
        'ERR',
        'WARN',
        'warning',
        'failed',
        'FAIL',
        'passed',
        'PASS',
        'ok',
        'OK',
        'not ok',
        'done',
        'Done',
      ],
      ...[
        'complete',
        'success',
        'succeeded',
        'fatal',
        'FATAL',
        'panic',
        'CRITICAL',
        'ALERT',
        'EMERG',
        'NOTICE',
        'VERBOSE',
        'TRACE',
      ],
      ...[
        'Exception',
        'Killed',
        'Aborted',
        'out of memory',
        'npm',
        'ERR!',
        'deprecated',
        'E1',
        'E',
        'INF',
        'level',
        'severity',
        'lvl',
      ],
      ...[
        'all',
        'tests',
        '12',
        '0',
        '1',
        'in',
        'no',
        'a',
        'to',
        '100%',
        '30',
        '✓',
        '✗',
        'Warning',
        'SEVERE',
        'INFO',
        'DEBUG',
        'CRIT',
      ],
      ...[
        'failing',
        'passing',
        'fails',
        'denied',
        'refused',
        'permission',
        'connection',
        'command',
        'found',
        'core',
        'dumped',
      ],
    ]
    const joints = [
      ' ',
      ': ',
      '[',
      ']',
      '.',
      '/',
      '=',
      '\t',
      '... ',
      '-',
      '"',
      '|',
      ' - ',
      '',
      '(',
      ')',
      '!',
      ', ',
      '<',
      '>',
    ]
    let seed = 11
    const pick = (from: readonly string[]): string => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return from[Math.floor((seed / 2_147_483_648) * from.length)] ?? ''
    }
    for (let i = 0; i < 60_000; i++) {
      const line = pick(joints) + pick(words) + pick(joints) + pick(words) + pick(joints) + pick(words) + pick(joints)
      const { level, outcome } = classifyLine(line)
      if (level !== undefined || outcome !== undefined)
        assert.ok(isHinted(line), JSON.stringify({ line, level, outcome }))
    }
  })

  // A level that took the square of a line's length would not be found before the test is over.
  it('is found in time that grows as the line does', () => {
    for (const piece of [
      'error ',
      'errors',
      '0 ',
      'no a ',
      'Error',
      'a.',
      'INFO',
      'fail',
      '[ ',
      ' ',
      '"level":',
      '12,',
      'x.XError',
      '✓',
      '... ok',
    ])
      for (const text of [piece.repeat(2_000_000 / piece.length), `${piece.repeat(150)} error`]) {
        assert.doesNotThrow(() => classifyLine(text))
      }
  })
})
