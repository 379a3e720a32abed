// Moves the focus to the error summary where the browser does not do so by itself. Everything works without this file.
const summary = document.querySelector('.error-summary__title')
if (summary) summary.focus()

// A link of the summary puts the cursor in its field, also where following it only scrolls.
document.querySelectorAll('.error-summary a').forEach((link) => {
  link.addEventListener('click', () => document.querySelector(link.hash)?.focus())
})
