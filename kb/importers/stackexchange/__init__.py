"""A Stack Exchange data dump: Posts.xml, with the other files where they are given."""

from kb.importers.stackexchange.importer import StackExchange

__all__ = ["StackExchange"]
