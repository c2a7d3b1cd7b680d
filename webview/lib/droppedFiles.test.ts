import assert from 'node:assert/strict'
import { droppedFiles, mayBringFiles } from './droppedFiles'

function drop(data: Readonly<Record<string, string>>) {
  return { types: Object.keys(data), getData: (type: string) => data[type] ?? '' }
}

describe('dropped files', () => {
  it('are read from lists of addresses, the editor’s own first', () => {
    const list = '# from the Explorer\r\nfile:///work/a%20b.log\r\nfile:///work/a%20b.log\r\nhttps://example.com/\r\n'
    assert.deepEqual(droppedFiles(drop({ 'text/uri-list': list })), ['file:///work/a%20b.log'])
    assert.deepEqual(
      droppedFiles(
        drop({
          'text/uri-list': 'file:///other.log',
          'application/vnd.code.uri-list': 'vscode-remote://ssh-remote%2Bbox/var/log/syslog\nfile:///x.log',
        }),
      ),
      ['vscode-remote://ssh-remote%2Bbox/var/log/syslog', 'file:///x.log'],
    )
  })

  it('are read from paths where there are no addresses', () => {
    assert.deepEqual(droppedFiles(drop({ codefiles: '["/work/a.log","/work/a.log","",7]' })), ['/work/a.log'])
    assert.deepEqual(droppedFiles(drop({ 'text/plain': '/var/log/syslog\nC:\\logs\\a.log\nsome words' })), [
      '/var/log/syslog',
      'C:\\logs\\a.log',
    ])
  })

  it('are none of what is no file', () => {
    for (const data of [
      {},
      { 'text/plain': 'hello' },
      { 'text/uri-list': 'javascript:alert(1)\nhttps://example.com/a.log' },
      { codefiles: '{"a":1}' },
      { codefiles: '[' },
    ])
      assert.deepEqual(droppedFiles(drop(data)), [])
    const many = Array.from({ length: 300 }, (_, i) => `/logs/${String(i)}.log`).join('\n')
    assert.equal(droppedFiles(drop({ 'text/plain': many })).length, 100)
  })

  it('may come with what names files alone', () => {
    assert.equal(mayBringFiles({ types: ['Files'] }), true)
    assert.equal(mayBringFiles({ types: ['text/uri-list'] }), true)
    assert.equal(mayBringFiles({ types: ['CodeFiles'] }), true)
    assert.equal(mayBringFiles({ types: ['text/html'] }), false)
  })
})
