"""Records for operators; the work on them is done on the desk, which checks and notes it.

What can be changed here is what no page of the desk is for. What the site itself writes, or what
other records depend on, can be looked at.
"""

from kb.admin import articles, records

__all__ = ["articles", "records"]
