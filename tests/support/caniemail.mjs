// What mail programmes do not support of the HTML on standard input, as JSON: {feature: [programmes]}.
// Facts: caniemail.com, by the package of that name.
import { readFileSync } from 'node:fs'
import { caniemail } from 'caniemail'

const PROGRAMMES = ['apple-mail.*', 'gmail.*', 'outlook.*']

const { issues } = caniemail({ clients: PROGRAMMES, html: readFileSync(0, 'utf8') })
const missing = {}
for (const [programme, found] of issues.errors) {
  for (const { title } of found) {
    missing[title] = [...new Set([...(missing[title] ?? []), programme])]
  }
}
console.log(JSON.stringify(missing))
