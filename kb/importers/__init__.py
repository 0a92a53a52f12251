"""Bringing other sites' content in: one module or package a format, behind one Protocol."""
