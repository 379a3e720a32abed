// Reads HTML from standard input; writes what the mail programmes named as arguments do not support, or support in part.

import { text } from 'node:stream/consumers'
import { caniemail } from 'caniemail'

const { issues } = caniemail({ clients: process.argv.slice(2), html: await text(process.stdin) })
const titles = (found) => [...new Set([...found.values()].flat().map((issue) => issue.title))].sort()
process.stdout.write(JSON.stringify({ unknown: titles(issues.errors), partly: titles(issues.warnings) }))
