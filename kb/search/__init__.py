"""Finding articles: analysing text, the query language, engines, ranking, and keeping indexes fresh."""
