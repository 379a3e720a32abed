// The blocks of the newsletter: moved with a button or by dragging, and called by their heading. A block that was moved
// sends the event `moved`.
import { say } from './say.js'

const list = () => document.querySelector('[data-blocks]')
export const blocks = () => [...(list()?.children ?? [])]
export const place = (block) => blocks().indexOf(block)

/** One place up or down; the button keeps the focus, so that it can be pressed again. */
export function step(block, by, button) {
  const all = blocks()
  const to = place(block) + by
  if (to < 0 || to >= all.length) {
    say(by < 0 ? 'Dit blok staat al bovenaan.' : 'Dit blok staat al onderaan.')
    return
  }
  if (by < 0) all[to].before(block)
  else all[to].after(block)
  button.focus()
  moved(block)
}

function moved(block) {
  number()
  block.scrollIntoView({ block: 'nearest' })
  say(`${words(block)} staat nu op plaats ${place(block) + 1} van ${blocks().length}.`)
  block.dispatchEvent(new Event('moved', { bubbles: true }))
}

const words = (block) => block.querySelector('[data-words]').textContent

/** The places in words and in ids follow the order; the names of the fields do not change. */
function number() {
  blocks().forEach((block, index) => {
    block.id = `blok-${index}`
    block.querySelectorAll('[data-number]').forEach((element) => {
      element.textContent = index + 1
    })
    block.querySelectorAll('[data-tool]').forEach((tool) => {
      tool.id = `${tool.dataset.tool}-${index}`
    })
  })
}

/** A heading that is typed is how the block is called from then on. */
export function rename(block) {
  const title = block?.querySelector('input[name$="-title"]')
  if (!title) return
  const name = title.value.trim() ? `${block.dataset.kind}: ${title.value.trim()}` : block.dataset.kind
  block.querySelectorAll('[data-words]').forEach((element) => {
    element.textContent = name
  })
  block.querySelector('[data-name]').textContent = title.value.trim()
}

export function prepareBlocks() {
  blocks().forEach((block) => {
    const handle = document.createElement('span')
    handle.className = 'block__handle'
    handle.setAttribute('aria-hidden', 'true') // for who listens or types there are the buttons
    handle.title = 'Versleep dit blok'
    handle.textContent = '⠿'
    handle.addEventListener('pointerdown', (event) => lift(event, handle, block))
    block.querySelector('.block__tools').prepend(handle)
  })
}

/** Drags a block: each block becomes one line, and the one that is dragged stays under the pointer. */
function lift(event, handle, block) {
  if (event.button !== 0) return
  event.preventDefault()
  const began = place(block)
  const top = handle.getBoundingClientRect().top
  const reset = new AbortController()
  list().classList.add('blocks--dragging')
  block.classList.add('block--dragged')
  window.scrollBy(0, handle.getBoundingClientRect().top - top)
  handle.setPointerCapture(event.pointerId)
  const options = { signal: reset.signal }
  handle.addEventListener('pointermove', (move) => carry(block, move.clientY), options)
  for (const name of ['pointerup', 'pointercancel']) handle.addEventListener(name, (end) => drop(end), options)

  function drop(end) {
    reset.abort()
    if (end.type === 'pointercancel') back(block, began)
    list().classList.remove('blocks--dragging')
    block.classList.remove('block--dragged')
    block.scrollIntoView({ block: 'nearest' })
    if (place(block) !== began) moved(block)
  }
}

function back(block, began) {
  const others = blocks().filter((other) => other !== block)
  list().insertBefore(block, others[began] ?? null)
}

/** The others go around the block that is dragged: one that is taken up loses the pointer. */
function carry(block, y) {
  if (y < 60) window.scrollBy(0, -24)
  if (y > innerHeight - 60) window.scrollBy(0, 24)
  for (let other = block.previousElementSibling; other && middle(other) > y; other = block.previousElementSibling)
    block.after(other)
  for (let other = block.nextElementSibling; other && middle(other) < y; other = block.nextElementSibling)
    block.before(other)
}

function middle(block) {
  const box = block.getBoundingClientRect()
  return box.top + box.height / 2
}
