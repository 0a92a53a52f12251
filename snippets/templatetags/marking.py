"""`marked`: plain text with what it holds in another language marked as such."""

from django import template

from snippets.marking import mark

register = template.Library()
register.filter("marked", mark, is_safe=True)
