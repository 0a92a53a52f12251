"""Code that runs inside the jail, before and beside the user's. Standard library only.

Started with this folder alone on the path, so its modules import each other by
bare name; nothing of the host's side is reachable from here.
"""
