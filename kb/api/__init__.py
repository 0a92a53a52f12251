"""What programs may ask and do, below /api/v1/; docs/api.md is for those who call it."""
