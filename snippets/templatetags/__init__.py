"""Filters for the templates of every part."""
