"""Reading the plain-text rendering of a bilingual blog's tag page. Pure.

The way of a file: `reading` (bytes → lines) → `paragraphs` → `outline` (articles and
their sections) → `kinds` (what each paragraph is) → `halves` (Chinese and English) →
`blocks` → `markdown` → `page` (drafts) → `coverage` (is every line there?); then
`kb.importers.archive` stores the drafts.
"""
