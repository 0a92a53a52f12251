"""Markdown → what a page shows. Pure: knows no database."""
