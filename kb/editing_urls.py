"""Addresses of the desk where texts and tags are written."""

from django.urls import path

from kb.views.desk import articles, editor, reviews, revisions, suggestions, tags, typing

urlpatterns = [
    path("posts/<int:post_id>/edit", editor.edit_post, name="desk-edit"),
    path("posts/<int:post_id>/agree", reviews.agree, name="desk-agree"),
    path("posts/<int:post_id>/<lang:path>/revisions", revisions.revisions, name="desk-revisions"),
    path(
        "posts/<int:post_id>/<lang:path>/revisions/<int:number>/restore",
        revisions.restore,
        name="desk-restore",
    ),
    path("texts/<int:translation_id>", revisions.text, name="desk-translation"),
    path("texts/<int:translation_id>/accept", reviews.accept, name="desk-accept-text"),
    path("texts/<int:translation_id>/back", reviews.send_back, name="desk-send-back"),
    path("preview", typing.preview, name="desk-preview"),
    path("drafts/mine", typing.mine, name="desk-drafts"),
    path("drafts", typing.keep, name="desk-keep-draft"),
    path("articles/new", editor.new_article, name="desk-new-article"),
    path("articles/<int:article_id>/arrange", articles.arrange, name="desk-arrange"),
    path("articles/<int:article_id>/answer", editor.new_answer, name="desk-new-answer"),
    path("suggestions/<int:report_id>", suggestions.suggestion, name="desk-suggestion"),
    path("tags/", tags.tags, name="desk-tags"),
    path("tags/new", tags.new_tag, name="desk-new-tag"),
    path("tags/<slug:slug>", tags.edit_tag, name="desk-tag"),
    path("tags/<slug:slug>/merge", tags.merge_tag, name="desk-merge-tag"),
]
