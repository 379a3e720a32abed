// Shows the article beside the form while it is being written. Without this file the button 'Toon voorbeeld' does the same.
const preview = document.querySelector('[data-preview-url]')
const form = document.querySelector('.editor form')
const PAUSE = 600 // milliseconds without typing

let latest = 0

async function refresh() {
  const number = ++latest
  const data = new FormData(form)
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
  try {
    const answer = await fetch(preview.dataset.previewUrl, { method: 'POST', body: data })
    if (answer.ok && number === latest) preview.innerHTML = (await answer.json()).html
  } catch {
    // Offline for a moment: the next keystroke tries again.
  }
}

if (preview && form) {
  let waiting
  form.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(refresh, PAUSE)
  })
}
