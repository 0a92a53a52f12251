"""Search: analysis, query language, engines, ranking, and keeping the indexes fresh."""
