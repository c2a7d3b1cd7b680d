/** The pages that stream in public formats: one textarea, one button, the text as it comes. A browser module. */
export const GENERIC_SCRIPT = String.raw`
import { SseReader } from './wire.js'

const format = location.pathname.split('/').pop()
const paths = { openai: 'v1/chat/completions', anthropic: 'v1/messages', responses: 'v1/responses' }
const send = document.getElementById('send')
const answer = document.getElementById('answer')
const problem = document.getElementById('problem')

/** The text of one event in any of the formats. */
function textOf(value) {
  if (value.error) {
    problem.hidden = false
    problem.replaceChildren(String(value.error.message))
  }
  if (value.type === 'response.output_text.delta') return value.delta
  if (value.type === 'content_block_delta') return value.delta.type === 'text_delta' ? value.delta.text : ''
  const choice = value.choices && value.choices[0]
  return (choice && choice.delta.content) || ''
}

function bodyFor(prompt) {
  const messages = [{ role: 'user', content: prompt }]
  if (format === 'responses') return { model: 'demo-5-6', input: prompt, stream: true }
  if (format === 'anthropic') return { model: 'demo-5-6', max_tokens: 1024, messages, stream: true }
  return { model: 'demo-5-6', messages, stream: true, stream_options: { include_usage: true } }
}

send.addEventListener('click', async () => {
  send.disabled = true
  problem.hidden = true
  answer.replaceChildren()
  document.body.dataset.state = 'streaming'
  const reader = new SseReader((type, data) => {
    if (data !== '[DONE]') answer.append(textOf(JSON.parse(data)))
  })
  try {
    const response = await fetch('/generic/' + format + '/' + paths[format] + location.search, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-demo0000000000000000000000000000000000000000' },
      body: JSON.stringify(bodyFor(document.getElementById('prompt').value)),
    })
    const stream = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let piece = await stream.read(); !piece.done; piece = await stream.read()) reader.push(piece.value)
  } catch (error) {
    problem.hidden = false
    problem.replaceChildren('The stream broke off.')
  }
  document.body.dataset.state = 'idle'
  send.disabled = false
})
`
