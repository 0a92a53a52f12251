"""Writing texts on the desk: saving, restoring, reviewing, and what helps while one writes."""

from kb.editing.saving import EditConflict, TextEdit, save_text, save_texts

__all__ = ["EditConflict", "TextEdit", "save_text", "save_texts"]
