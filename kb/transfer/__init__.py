"""The whole site as files, and back."""
