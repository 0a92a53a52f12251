"""Pages of the knowledge base: access, form, one read, render."""
