// Shows the article beside the form while it is being written. Without this file the button 'Toon voorbeeld' does the same.
import { askJson } from './asking.js'

const preview = document.querySelector('[data-preview-url]')
const form = document.querySelector('.editor form')
const said = document.querySelector('[data-preview-said]')
const PAUSE = 600 // milliseconds without typing

let latest = 0

async function refresh() {
  const number = ++latest
  const body = new FormData(form)
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name)
  try {
    const { html } = await askJson(preview.dataset.previewUrl, { method: 'POST', body })
    if (number !== latest) return
    preview.innerHTML = html
    said.textContent = ''
  } catch (fault) {
    if (number === latest) said.textContent = `Dit voorbeeld is niet bijgewerkt: ${fault.message}`
  }
}

if (preview && form) {
  let waiting
  form.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(refresh, PAUSE)
  })
}
