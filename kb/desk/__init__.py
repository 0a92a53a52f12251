"""What the curators' desk reads: queues and figures, a module a subject."""
