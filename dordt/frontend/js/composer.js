// The composer with a script: it keeps what is typed by itself, moves blocks at once, and shows how the newsletter
// becomes. Without this file each button sends the form, which does the same.
const TYPING = 2000 // milliseconds without typing
const SOON = 400 // after a block was moved
const RETRY = 4000 // after a failure, each time twice as long
const LONGEST_RETRY = 60000

// The buttons that search: the field to type in, and where what they find stands.
const SEARCHES = { search: ['zoek', '[data-articles] > li'], 'search-pictures': ['beeld', '.offers__pictures > li'] }

const composer = document.querySelector('[data-composer]')
const form = document.getElementById('composer')
const said = document.querySelector('[data-said]')
const kept = document.querySelector('[data-kept]')
const preview = document.querySelector('[data-preview]')
const frame = preview?.querySelector('iframe')

let changes = 0 // counts what was typed
let keptChanges = 0 // how many of these are kept
let waiting // for a pause in typing
let pause = RETRY
let hasFailed = false
let isLeaving = false
let running = Promise.resolve() // one request after the other: each needs the version of the one before

const isDirty = () => changes !== keptChanges

function say(text) {
  said.textContent = ''
  requestAnimationFrame(() => {
    said.textContent = text
  })
}

/** What is known about keeping, to be seen; a failure and its end are also said aloud. */
function show(text, failed = false, link = null) {
  kept.textContent = text
  kept.classList.toggle('composer__kept--failed', failed)
  if (link) kept.append(' ', link)
  if (failed && !hasFailed) say(text)
  if (!failed && hasFailed) say(text)
  hasFailed = failed
}

function linkTo(control) {
  const link = document.createElement('a')
  link.href = `#${control}`
  link.textContent = 'Ga ernaartoe'
  link.addEventListener('click', (event) => {
    event.preventDefault()
    document.getElementById(control)?.focus()
  })
  return link
}

function changed(after = TYPING) {
  changes += 1
  if (!hasFailed) show('Nog niet bewaard')
  plan(after)
}

function plan(after) {
  clearTimeout(waiting)
  waiting = setTimeout(() => keep(), after)
}

/** Keeps the form and does what a button says; resolves to whether that worked. */
function keep(button = '') {
  clearTimeout(waiting)
  running = running.then(() => send(button))
  return running
}

async function send(button) {
  const upTo = changes
  if (!button && !isDirty()) return true
  const body = values(button)
  form.inert = Boolean(button) // what a button brings takes the place of the fields: nothing may be typed meanwhile
  try {
    return take(await ask(body), upTo)
  } catch (fault) {
    form.inert = false
    show(
      fault.message === 'signed out'
        ? 'Niet bewaard: u bent uitgelogd. Log in een ander venster weer in. Uw tekst blijft hier staan.'
        : 'Niet bewaard: er is geen verbinding. Wij proberen het steeds opnieuw.',
      true,
    )
    plan(pause)
    pause = Math.min(2 * pause, LONGEST_RETRY)
    return false
  }
}

async function ask(body) {
  const answer = await fetch(composer.dataset.composer, {
    method: 'POST',
    body,
    headers: { Accept: 'application/json' },
  })
  const isOurs = answer.headers.get('Content-Type')?.startsWith('application/json')
  if (!isOurs) throw new Error(answer.redirected ? 'signed out' : 'a fault')
  return answer.json()
}

/** The form as it stands now; files go along only when they were just chosen. */
function values(button) {
  const data = new FormData(form)
  if (!button) for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
  data.delete('action')
  if (button) data.append('action', button)
  return data
}

function take(answer, upTo) {
  form.inert = false
  if (answer.problems) {
    const [control, words] = answer.problems[0]
    show(`Niet bewaard. ${words}`, true, control && document.getElementById(control) ? linkTo(control) : null)
    return false
  }
  if (answer.overtaken) {
    show(`${answer.overtaken} Klik op ‘Bewaar’ om te zien wat er is veranderd.`, true)
    composer.dataset.overtaken = 'true'
    return false
  }
  pause = RETRY
  keptChanges = upTo
  form.elements.edit_version.value = answer.version
  replaceFragments(answer.fragments)
  renew()
  show(isDirty() ? 'Nog niet bewaard' : answer.kept)
  if (answer.target) goTo(answer.target)
  return true
}

function replaceFragments(fragments) {
  for (const [name, html] of Object.entries(fragments)) {
    const fragment = document.querySelector(`[data-fragment="${name}"]`)
    if (name === 'text') fragment.textContent = html
    else fragment.innerHTML = html
  }
  if (fragments.blocks) prepareBlocks()
}

function goTo(id) {
  const found = document.getElementById(id)
  const field = found?.matches('.block') ? found.querySelector('textarea, input:not([type=hidden])') : null
  const target = field ?? found
  target?.focus({ preventScroll: true })
  found?.scrollIntoView({ block: 'nearest' })
}

// ---- the buttons

form.addEventListener('click', (event) => {
  const button = event.target.closest('button[name="action"]')
  if (button) press(event, button)
})
document.querySelectorAll('button[form="composer"][data-look]').forEach((button) => {
  button.addEventListener('click', (event) => {
    event.preventDefault()
    look(button)
  })
})

function press(event, button) {
  if (composer.dataset.overtaken) return // the page itself tells what happened
  const [verb] = button.value.split(':')
  if (verb === 'up' || verb === 'down') {
    event.preventDefault()
    step(button.closest('.block'), verb === 'up' ? -1 : 1, button)
  } else if (verb !== 'view') {
    event.preventDefault()
    act(button)
  }
}

async function act(button) {
  const value = button.value
  const before = blocks().length
  const isKept = await keep(value)
  if (document.activeElement === document.body && button.isConnected) button.focus()
  if (!isKept) return
  const verb = value.split(':')[0]
  if (verb === 'remove') say('Blok weggehaald. U kunt het terugzetten.')
  else if (blocks().length > before) say(`Toegevoegd als blok ${place(document.activeElement.closest('.block')) + 1}.`)
  else if (verb === 'save') say(kept.textContent)
  if (value in SEARCHES) found(value)
}

/** What was found is said, and one can type on. */
function found(button) {
  const [field, results] = SEARCHES[button]
  document.getElementById(field).focus()
  const count = document.querySelectorAll(results).length
  say(count ? `${count} gevonden.` : 'Niets gevonden.')
}

// A page that is left by its own button first waits for what is on its way: its version would be an old one.
form.addEventListener('submit', async (event) => {
  if (isLeaving) return
  event.preventDefault()
  clearTimeout(waiting)
  const button = event.submitter
  await running
  isLeaving = true
  setTimeout(() => form.requestSubmit(button)) // not during the event of this submit
})

form.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.matches('input:not([type=checkbox], [type=file])')) return
  event.preventDefault() // Enter keeps; it does not press the first button that it finds
  const search = Object.keys(SEARCHES).find((button) => SEARCHES[button][0] === event.target.id)
  if (search) keep(search).then((isKept) => isKept && found(search))
  else keep()
})

form.addEventListener('input', (event) => {
  if (event.target.matches('[name=zoek], [name=beeld], [type=file]')) return
  rename(event.target.closest('.block'))
  changed()
})

form.addEventListener('change', async (event) => {
  if (event.target.type !== 'file' || !event.target.files.length) return
  const block = event.target.closest('.block')
  if (await keep('save')) goTo(block ? block.id : blocks().at(-1).id)
})

window.addEventListener('beforeunload', (event) => {
  if (isDirty() && !isLeaving) event.preventDefault()
})
document.addEventListener('visibilitychange', () => {
  if (document.hidden && isDirty()) keep()
})

// ---- the blocks

const list = () => document.querySelector('[data-blocks]')
const blocks = () => [...(list()?.children ?? [])]
const place = (block) => blocks().indexOf(block)

/** One place up or down; the button keeps the focus, so that it can be pressed again. */
function step(block, by, button) {
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
  changed(SOON)
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
function rename(block) {
  const title = block?.querySelector('input[name$="-title"]')
  if (!title) return
  const name = title.value.trim() ? `${block.dataset.kind}: ${title.value.trim()}` : block.dataset.kind
  block.querySelectorAll('[data-words]').forEach((element) => {
    element.textContent = name
  })
  block.querySelector('[data-name]').textContent = title.value.trim()
}

function prepareBlocks() {
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

// ---- the preview

function look(button) {
  const [width, scheme] = button.dataset.look.split('-')
  for (const each of document.querySelectorAll('[data-look]'))
    each.setAttribute('aria-pressed', String(each === button))
  preview.classList.toggle('preview--smal', width === 'smal')
  preview.classList.toggle('preview--breed', width === 'breed')
  fit()
  frame.src = scheme === 'donker' ? frame.dataset.dark : frame.dataset.light
  if (isDirty()) keep()
}

/** A mail that is wider than its box is drawn smaller, so that all of its width is seen. */
function fit() {
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
function renew() {
  const top = frame.contentWindow?.scrollY ?? 0
  frame.addEventListener('load', () => frame.contentWindow.scrollTo(0, top), { once: true })
  frame.contentWindow.location.reload()
}

// ---- how long the subject is

function count(field) {
  const line = document.createElement('p')
  line.className = 'best'
  field.after(line)
  const best = Number(field.dataset.best)
  const tell = () => {
    const length = [...field.value.trim()].length
    line.textContent = length
      ? `${length} ${length === 1 ? 'teken' : 'tekens'}${length > best ? `, ${length - best} meer dan past` : ''}`
      : ''
    line.classList.toggle('best--over', length > best)
  }
  field.addEventListener('input', tell)
  tell()
}

if (composer && form) {
  prepareBlocks()
  document.querySelectorAll('[data-best]').forEach(count)
  fit()
  window.addEventListener('resize', fit)
}
