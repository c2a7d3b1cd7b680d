/** Draws a turn: activity, sources, answer with citations. Everything becomes text nodes, nothing becomes markup. A browser module. */
export const VIEW_SCRIPT =
  String.raw`
const MARKER = /\uE200[^\uE201]*\uE201|【[^】]*】/gu
const LONG = 20000

export function element(name, attributes, ...children) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value)
  node.append(...children)
  return node
}

/** An address that a click may open, or undefined. */
function webAddress(text) {
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined
}

function sameAddress(text) {
  const url = webAddress(text)
  return url === undefined ? String(text) : url.host + url.pathname
}

function link(text, address, attributes) {
  const url = webAddress(address)
  if (url === undefined) return element('span', attributes, text)
  return element('a', { ...attributes, href: url.href, target: '_blank', rel: 'noreferrer' }, text)
}

/** Bold, code and citation markers of one line. */
function inline(parent, text, references) {
  let from = 0
  for (const match of text.matchAll(/\uE200[^\uE201]*\uE201|【[^】]*】|\*\*([^*]+)\*\*|` +
  '`([^`]+)`' +
  String.raw`/gu)) {
    parent.append(text.slice(from, match.index))
    from = match.index + match[0].length
    if (match[1] !== undefined) parent.append(element('strong', {}, match[1]))
    else if (match[2] !== undefined) parent.append(element('code', {}, match[2]))
    else parent.append(...references(match[0]))
  }
  parent.append(text.slice(from))
}

/** One block of an answer: a heading, a list or a paragraph. */
function block(text, references) {
  const node = element('div', { class: 'block', dir: 'auto' })
  let list
  let paragraph
  for (const line of text.split('\n')) {
    if (line.startsWith('- ')) {
      if (list === undefined) node.append((list = element('ul')))
      const item = element('li')
      inline(item, line.slice(2), references)
      list.append(item)
      paragraph = undefined
    } else if (line.startsWith('### ')) {
      const heading = element('h3')
      inline(heading, line.slice(4), references)
      node.append(heading)
      list = paragraph = undefined
    } else if (line !== '') {
      if (paragraph === undefined) node.append((paragraph = element('p')))
      else paragraph.append(' ')
      inline(paragraph, line, references)
      list = undefined
    }
  }
  return node
}

/** One turn on the page. It redraws at most once a frame, and of a long answer only its last blocks. */
export class TurnView {
  constructor(thread, number, prompt) {
    const user = element('section', { class: 'turn', 'data-testid': 'conversation-turn-' + (number * 2 + 1), 'data-turn': 'user' })
    user.append(element('div', { 'data-message-author-role': 'user', 'data-message-id': crypto.randomUUID(), dir: 'auto' }, prompt))
    this.section = element('section', { class: 'turn streaming', 'data-testid': 'conversation-turn-' + (number * 2 + 2), 'data-turn': 'assistant' })
    this.activity = element('details', { class: 'activity', open: '' })
    this.activityTitle = element('summary', {}, 'Working…')
    this.activityBody = element('div', { class: 'body' })
    this.activity.append(this.activityTitle, this.activityBody)
    this.thoughts = element('div')
    this.queries = element('div', { class: 'queries' })
    this.sources = element('ol', { class: 'sources' })
    this.activityBody.append(this.thoughts, this.queries, this.sources)
    this.activity.hidden = true
    this.answers = element('div')
    this.section.append(this.activity, this.answers)
    thread.append(user, this.section)
    this.messages = new Map()
    this.blocks = new Map()
    this.drawn = 0
    user.scrollIntoView({ block: 'start' })
  }
  message(message) {
    if (typeof message.id !== 'string') return
    this.messages.set(message.id, message)
    this.draw()
  }
  title(text) {
    document.title = typeof text === 'string' ? text : 'Demo Chat'
  }
  alert(text) {
    const alert = element('aside', { role: 'alert' }, element('strong', {}, 'That didn’t work. '), text)
    this.section.append(alert)
    alert.scrollIntoView({ block: 'end' })
  }
  block() {
    this.blocked = true
    this.draw()
  }
  draw() {
    if (this.waiting) return
    this.waiting = true
    const wait = this.length > LONG ? 100 : 0
    setTimeout(() => requestAnimationFrame(() => this.paint()), wait)
  }
  paint() {
    this.waiting = false
    const scroller = this.section.closest('main')
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120
    this.length = 0
    this.references = []
    const sources = []
    const queries = []
    const thoughts = []
    for (const message of this.messages.values()) {
      const metadata = message.metadata || {}
      const content = message.content || {}
      if (Array.isArray(metadata.content_references)) this.references.push(...metadata.content_references)
      for (const old of Array.isArray(metadata.citations) ? metadata.citations : []) this.oldCitation(old)
      const found = metadata.search_model_queries && metadata.search_model_queries.queries
      if (Array.isArray(found)) queries.push(...found)
      for (const group of Array.isArray(metadata.search_result_groups) ? metadata.search_result_groups : []) {
        if (group && Array.isArray(group.entries)) sources.push(...group.entries)
      }
      if (content.content_type === 'thoughts') thoughts.push(...content.thoughts)
      if (content.content_type === 'reasoning_recap') this.recap = String(content.content)
      if (message.author && message.author.role === 'assistant' && message.recipient === 'all' && content.content_type === 'text') {
        this.paintAnswer(message)
      }
      if (message.recipient === 'web.run' && metadata.search_display_string) this.doing = metadata.search_display_string
    }
    this.paintActivity(thoughts, queries, sources)
    if (atEnd) scroller.scrollTop = scroller.scrollHeight
  }
  oldCitation(old) {
    if (!old || !old.metadata) return
    this.references.push({ type: 'grouped_webpages', start_idx: old.start_ix, end_idx: old.end_ix, items: [old.metadata], old: true })
  }
  paintActivity(thoughts, queries, sources) {
    this.activity.hidden = thoughts.length + queries.length === 0 && this.doing === undefined
    const cited = new Set()
    for (const reference of this.references) {
      for (const item of reference && Array.isArray(reference.items) ? reference.items : []) {
        if (!item) continue
        cited.add(sameAddress(item.url))
        for (const other of item.supporting_websites || []) cited.add(sameAddress(other.url))
      }
    }
    const done = !this.section.classList.contains('streaming')
    const found = sources.length > 0 ? 'Found ' + sources.length + ' pages' : undefined
    this.activityTitle.textContent = this.recap || (done && found) || (sources.length > 0 && found + '…') || this.doing || 'Thinking…'
    this.thoughts.replaceChildren(
      ...thoughts.map((thought) => element('p', {}, element('strong', {}, String(thought.summary)), document.createElement('br'), String(thought.content))),
    )
    this.queries.replaceChildren(...queries.map((query) => element('span', { class: 'query', dir: 'auto' }, String(query))))
    const items = sources.map((source) => {
      const item = element('li', cited.has(sameAddress(source.url)) ? { class: 'cited' } : {})
      const url = webAddress(source.url)
      item.append(
        element('div', { class: 'domain', dir: 'auto' }, url === undefined ? 'no web address' : url.hostname),
        element('div', { class: 'title', dir: 'auto' }, link(String(source.title), source.url)),
      )
      return item
    })
    this.sources.replaceChildren(...items)
  }
  paintAnswer(message) {
    let answer = this.blocks.get(message.id)
    if (answer === undefined) {
      const node = element('div', { 'data-message-author-role': 'assistant', 'data-message-id': message.id })
      const markdown = element('div', { class: 'markdown' })
      node.append(markdown)
      this.answers.append(node)
      answer = { markdown, texts: [] }
      this.blocks.set(message.id, answer)
    }
    const parts = message.content.parts
    let text = this.blocked || !Array.isArray(parts) ? '' : parts.filter((part) => typeof part === 'string').join('')
    const open = text.lastIndexOf('\uE200')
    if (open >= 0 && text.indexOf('\uE201', open) < 0) text = text.slice(0, open)
    this.length += text.length
    this.plain = text.replace(MARKER, '')
    const blocks = text.split('\n\n').filter((one) => one !== '')
    const marks = String(this.references.length) + this.references.filter((one) => one && one.type !== 'hidden').length
    blocks.forEach((one, index) => {
      const key = one.includes('\uE200') || one.includes('【') ? one + marks : one
      if (answer.texts[index] === key) return
      answer.texts[index] = key
      const node = block(one, (matched) => this.chips(matched))
      const old = answer.markdown.children[index]
      if (old === undefined) answer.markdown.append(node)
      else old.replaceWith(node)
    })
    answer.texts.length = blocks.length
    while (answer.markdown.children.length > blocks.length) answer.markdown.lastChild.remove()
  }
  /** The small links that stand for a citation marker. */
  chips(matched) {
    const reference = this.references.find((one) => one && (one.matched_text === matched || one.old === true))
    const items = reference && Array.isArray(reference.items) ? reference.items : []
    return items.map((item) => {
      const url = webAddress(item.url)
      const more = Array.isArray(item.supporting_websites) ? item.supporting_websites.length : 0
      const label = (url === undefined ? 'source' : url.hostname) + (more > 0 ? ' +' + more : '')
      return link(label, item.url, { class: 'cite', title: String(item.title) })
    })
  }
  end() {
    this.section.classList.remove('streaming')
    this.paint()
    if (this.length > 0) {
      const copy = element('button', { type: 'button', 'data-testid': 'copy-turn-action-button', 'aria-label': 'Copy' }, 'Copy')
      copy.addEventListener('click', () => {
        navigator.clipboard.writeText(this.plain).then(
          () => copy.replaceChildren('Copied'),
          () => copy.replaceChildren('Copying is not allowed'),
        )
      })
      this.section.append(element('div', { class: 'tools' }, copy))
    }
    const scroller = this.section.closest('main')
    scroller.scrollTop = scroller.scrollHeight
  }
}
`
