"""What a save stores, and what must stay true of texts and snippets after it."""
