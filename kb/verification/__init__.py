"""Verifying what articles and plain documents show, and reporting it."""
