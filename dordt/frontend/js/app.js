// Moves the focus to the error summary where the browser does not do so by itself. Everything works without this file.
const summary = document.querySelector('.error-summary__title')
if (summary) summary.focus()

// A link of the summary puts the cursor in its field, also where following it only scrolls.
document.querySelectorAll('.error-summary a').forEach((link) => {
  link.addEventListener('click', () => document.querySelector(link.hash)?.focus())
})

// Asks before a page is left on which somebody typed what stands nowhere else: drafts.js marks what the server has.
const TEXTS = 'textarea, input:is([type=text], [type=email], [type=tel]):not([name=website])'
let sent = null // the form whose button was pressed

const isTyped = (field) =>
  field.matches('[name=kept]') ||
  (field.matches(TEXTS) &&
    field.value.trim() &&
    (field.value !== field.defaultValue || field.form.hasAttribute('data-unsaved')))

function isUnsaved(form) {
  const fields = [...form.elements]
  const signsIn = fields.some((field) => field.type === 'password') && !form.elements.kept
  return !signsIn && fields.some(isTyped)
}

function askToStay(event) {
  const forms = [...document.querySelectorAll('form[method=post]:not([role=search], [data-kept], #composer)')]
  if (forms.some((form) => form !== sent && isUnsaved(form))) event.preventDefault()
}

document.addEventListener('submit', (event) => {
  sent = event.defaultPrevented ? null : event.target
})
addEventListener('pageshow', () => {
  sent = null
})
addEventListener('input', () => addEventListener('beforeunload', askToStay), { once: true })
if (document.querySelector('[data-unsaved], [name=kept]')) addEventListener('beforeunload', askToStay)
