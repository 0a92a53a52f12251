"""Where documents are found: one small protocol, several engines behind it."""
