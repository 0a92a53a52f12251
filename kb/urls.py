"""Addresses of the knowledge base, below /zh/ and /en/."""

from django.urls import path

from kb import views

urlpatterns = [
    path("", views.home, name="home"),
    path("q/<int:article_id>/", views.article, name="article-short"),
    path("q/<int:article_id>/<str:slug>", views.article, name="article"),
    path("tags/", views.tag_index, name="tags"),
    path("tags/<str:name>", views.tag, name="tag"),
    path("tagged/<str:names>", views.tagged, name="tagged"),
    path("search", views.search, name="search"),
]
