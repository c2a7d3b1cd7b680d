import assert from 'node:assert/strict'
import { linksIn } from './fileReferences'

/** What the links of a text are, as `path|line|column` or the address. */
const found = (text: string): string[] =>
  linksIn(text).map((link) =>
    link.kind === 'web' ? link.url : [link.path, link.line, link.column].filter((part) => part !== undefined).join('|'),
  )

describe('places in files', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'src/a.ts:12:3: something': ['src/a.ts|12|3'],
    'see src/a.ts:12.': ['src/a.ts|12'],
    'foo.c:12:3: error: x': ['foo.c|12|3'],
    'In file included from a.h:3,': ['a.h|3'],
    '  File "x.py", line 3, in <module>': ['x.py|3'],
    '  File "/a b/x y.py", line 3, in f': ['/a b/x y.py|3'],
    '    at f (/a/b.js:1:2)': ['/a/b.js|1|2'],
    '    at /a/b.js:1:2': ['/a/b.js|1|2'],
    '    at async Promise.all (index 0)': [],
    '    at Object.<anonymous> (C:\\a\\b.js:1:2)': ['C:\\a\\b.js|1|2'],
    '    at file:///a/b%20c.mjs:1:2': ['/a/b c.mjs|1|2'],
    'file:///C:/a/b.txt': ['C:/a/b.txt'],
    'file:///a/%ZZ.txt': [],
    '    at node:internal/modules/cjs/loader:1105:15': [],
    '\tat a.b.C.f(Foo.java:12)': ['Foo.java|12'],
    '\tat a.b.C.f(Native Method)': [],
    '  --> src/main.rs:3:5': ['src/main.rs|3|5'],
    '\t/x/y.go:12 +0x1d': ['/x/y.go|12'],
    'foo.cpp(12,3): error C2065': ['foo.cpp|12|3'],
    'C:\\a b\\foo.cpp(12): error': ['b\\foo.cpp|12'],
    'src/a.ts(1,2): error TS1234: x': ['src/a.ts|1|2'],
    '   at N.C.M() in C:\\x\\Y.cs:line 12': ['C:\\x\\Y.cs|12'],
    'PHP Fatal error:  x in /a/b.php on line 12': ['/a/b.php|12'],
    'died at x.pl line 12.': ['x.pl|12'],
    "a.rb:12:in 'f'": ['a.rb|12'],
    '"/a b/c.txt:3:4"': ['/a b/c.txt|3|4'],
    "open '/a b/c.txt': no such file": ['/a b/c.txt'],
    "open '/a/c.txt': no such file": ['/a/c.txt'],
    '/a b/c.txt:3': ['b/c.txt|3'],
    'app/[id]/page.tsx:12:3': ['app/[id]/page.tsx|12|3'],
    '[id]/page.tsx:1': ['[id]/page.tsx|1'],
    '(group)/page.tsx:1': ['(group)/page.tsx|1'],
    '(see src/a.ts:1:2), or [src/b.ts:3]': ['src/a.ts|1|2', 'src/b.ts|3'],
    'tests/test_a.py::test_x FAILED': ['tests/test_a.py'],
    'saved to results/run-1/report.json.': ['results/run-1/report.json'],
    'log=./out/x.log': ['./out/x.log'],
    '~/x/y.sh:3': ['~/x/y.sh|3'],
    'Makefile:12: recipe failed': ['Makefile|12'],
    'src/日本/ü.ts:1:2': ['src/日本/ü.ts|1|2'],
    '\\\\server\\share\\a.txt:3': ['\\\\server\\share\\a.txt|3'],
    'src/a.ts:0': ['src/a.ts'],
    'src/a.ts:12:3-20': ['src/a.ts|12|3'],
  }
  for (const [text, expected] of Object.entries(cases)) {
    it(`are found in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(found(text), expected)
    })
  }

  it('are not times, ports, versions and other things with colons and dots', () => {
    const texts = [
      '12:30:45',
      '2026-11-20T03:30:45.123Z',
      'localhost:3000',
      '127.0.0.1:8080',
      '[::1]:8080',
      'example.com:8080',
      'api.internal.io:443',
      'v1.2.3',
      'node 24.1.0:3',
      'redis:7',
      'library/redis:7',
      'ghcr.io/a/b:12',
      'and/or',
      '1/2',
      '3/4:5',
      'key:12',
      'a.b.service:12',
      'e.g. this',
      'main.py is a file without a place',
      'ratio 16:9',
      'x = {a:1}',
      'git@github.com:a/b',
      'mailto:a@b.c',
      "don't open it, it isn't there",
      'command:x/y.ts:3',
      '.ts:3',
      ' '.repeat(100),
    ]
    for (const text of texts) assert.deepEqual(found(text), [], text)
  })

  it('are told by offsets of what is linked', () => {
    const text = 'x  src/a.ts:12:3, https://a.example/b.'
    assert.deepEqual(
      linksIn(text).map(({ start, end }) => text.slice(start, end)),
      ['src/a.ts:12:3', 'https://a.example/b'],
    )
    const python = '  File "x.py", line 3'
    assert.deepEqual(
      linksIn(python).map(({ start, end }) => python.slice(start, end)),
      ['x.py", line 3'],
    )
  })
})

describe('addresses of the web', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'open http://localhost:3000/ now': ['http://localhost:3000/'],
    'see https://a.example/x?y=1#z.': ['https://a.example/x?y=1#z'],
    '(https://a.example/x)': ['https://a.example/x'],
    '(https://a.example/A_(b))': ['https://a.example/A_(b)'],
    '[x](https://a.example), "https://b.example"': ['https://a.example', 'https://b.example'],
    'https://a.example/src/a.ts:12:3': ['https://a.example/src/a.ts:12:3'],
    'https://': [],
    'https://...': [],
    'ftp://a.example javascript:alert(1)': [],
    'HTTPS://A.EXAMPLE!!!': ['HTTPS://A.EXAMPLE'],
  }
  for (const [text, expected] of Object.entries(cases)) {
    it(`are found in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(found(text), expected)
    })
  }
})

describe('links of a text', () => {
  it('never overlap, are in order and are where they say, whatever comes', () => {
    const pieces = [
      '/',
      'a',
      '.ts',
      ':1',
      ':',
      '(',
      ')',
      '[',
      ']',
      '"',
      "'",
      ' ',
      ', line 3',
      'https://x',
      'file:///',
      '\\',
      'C:',
      '.',
      '=',
      '12',
    ]
    let seed = 9
    const next = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
    let links = 0
    for (let i = 0; i < 40_000; i++) {
      let text = ''
      for (let j = 0; j < 12; j++) text += pieces[Math.floor(next() * pieces.length)] ?? ''
      let at = 0
      for (const link of linksIn(text)) {
        links++
        assert.ok(link.start >= at && link.end > link.start && link.end <= text.length, text)
        at = link.end
        if (link.kind === 'web') assert.equal(text.slice(link.start, link.end), link.url)
        else if (!text.includes('file:')) assert.ok(text.slice(link.start).startsWith(link.path), text)
      }
    }
    assert.ok(links > 1000)
  })

  it('are found in time in proportion to the text', () => {
    for (const piece of [
      'a',
      '/',
      '/a',
      'a:',
      ':1',
      '(',
      '()',
      '[',
      '"',
      "' ",
      '"/a ',
      'https://',
      'https://a)',
      'a.ts:1 ',
      '(/a.ts:1',
      'file:///',
      '"a.ts", line ',
      '.',
      '\\',
      '::',
      '=',
      'a=',
    ]) {
      const text = piece.repeat(300_000 / piece.length)
      const start = performance.now()
      linksIn(text)
      assert.ok(performance.now() - start < 2000, JSON.stringify(piece))
    }
  })
})
