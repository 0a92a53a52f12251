"""Telling other programs what broke and what works again, as Standard Webhooks asks for."""
