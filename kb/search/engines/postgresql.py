"""PostgreSQL with its RUM extension: one index in the site's database, for all machines."""

from django.db import connection

NAME = "postgresql"


def is_available() -> bool:
    """Say whether the database is a PostgreSQL that has, or may make, the rum extension."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'rum'")
        return cursor.fetchone() is not None
