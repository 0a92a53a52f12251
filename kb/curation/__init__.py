"""How articles stand, and what curators do about it."""
