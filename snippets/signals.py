"""What happened to snippets, for those above who keep something that depends on it."""

from django.dispatch import Signal

verified = Signal()
"""A snippet has a new current verification; sent in its transaction with `snippet_id`."""

changed = Signal()
"""What worked broke, or works again; sent in its transaction with `verification`."""
