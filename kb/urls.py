"""Addresses of the knowledge base, below /zh/ and /en/."""

from django.urls import include, path

from kb.views import (
    api,
    articles,
    feedback,
    feeds,
    found,
    home,
    search,
    tag_suggestions,
    tags,
    tokens,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("desk/", include("kb.desk_urls")),
    path("q/", tags.articles, name="articles"),
    path("q/<int:article_id>/", articles.article, name="article-short"),
    path("q/<int:article_id>/<str:slug>", articles.article, name="article"),
    path("articles/<int:article_id>/tag", tag_suggestions.suggest_tag, name="suggest-tag"),
    path("posts/<int:post_id>/<lang:path>/changes", articles.changes, name="changes"),
    path("posts/<int:post_id>/vote", feedback.vote, name="vote"),
    path("posts/<int:post_id>/outdated", feedback.report, name="report"),
    path("posts/<int:post_id>/<lang:path>/suggest", feedback.suggest, name="suggest"),
    path("verification.atom", feeds.changes_feed, name="changes-feed"),
    path("feed.atom", feeds.site_feed, name="feed"),
    path("q/<int:article_id>.atom", feeds.article_feed, name="article-feed"),
    path("tags/<str:name>.atom", feeds.tag_feed, name="tag-feed"),
    path("opensearch.xml", found.opensearch, name="opensearch"),
    path("help", home.show_help, name="help"),
    path("help/api", api.show_api, name="api-help"),
    path("account/tokens", tokens.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke", tokens.revoke, name="revoke-token"),
    path("tags/", tags.tag_index, name="tags"),
    path("tags/<str:name>", tags.tag, name="tag"),
    path("tagged/<str:names>", tags.tagged, name="tagged"),
    path("search", search.search, name="search"),
    path("search/suggestions", search.suggestions, name="suggestions"),
]
