"""Reads, named as adjectives and chainable."""

from django.db import models


class TagQuerySet(models.QuerySet):
    pass


class ArticleQuerySet(models.QuerySet):
    pass
