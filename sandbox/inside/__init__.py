"""Code that runs inside the jail, before and beside the user's. Standard library only.

In the jail this folder is all there is of the package, so nothing here imports
from beside it.
"""
