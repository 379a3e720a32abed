// The preview of the newsletter: how wide, in which colours, and at the place where one was reading.
const preview = document.querySelector('[data-preview]')
const frame = preview?.querySelector('iframe')

export function look(button) {
  const [width, scheme] = button.dataset.look.split('-')
  for (const each of document.querySelectorAll('[data-look]'))
    each.setAttribute('aria-pressed', String(each === button))
  preview.classList.toggle('preview--smal', width === 'smal')
  preview.classList.toggle('preview--breed', width === 'breed')
  fit()
  frame.src = scheme === 'donker' ? frame.dataset.dark : frame.dataset.light
}

/** A mail that is wider than its box is drawn smaller, so that all of its width is seen. */
export function fit() {
  frame.style.transform =
    frame.style.blockSize =
    preview.style.blockSize =
    preview.style.inlineSize =
    preview.style.overflow =
      ''
  const available = preview.parentElement.clientWidth
  const scale = available / frame.offsetWidth
  if (scale >= 1) return
  const height = frame.offsetHeight
  frame.style.transform = `scale(${scale})`
  frame.style.blockSize = `${height / scale}px`
  preview.style.blockSize = `${height}px`
  preview.style.inlineSize = `${available}px`
  preview.style.overflow = 'hidden'
}

/** Reloads the frame and keeps the place where one was reading. */
export function renew() {
  const top = frame.contentWindow?.scrollY ?? 0
  frame.addEventListener('load', () => frame.contentWindow.scrollTo(0, top), { once: true })
  frame.contentWindow.location.reload()
}
