"""Articles, posts, translations, tags, and everything else the knowledge base keeps."""

from kb.models.api import ApiToken, Webhook, WebhookDelivery
from kb.models.articles import Article, OldAddress, Picture, Post, PostSnippet, Source
from kb.models.audit import AuditEntry, Deed
from kb.models.curation import AcceptedReason, SharedSetup, SharedSetupRevision
from kb.models.deleted import DeletedArticle
from kb.models.editing import EditorDraft
from kb.models.feedback import Report, TagSuggestion, Vote
from kb.models.imports import ImportChunk, ImportJob
from kb.models.search import IndexChange, SearchIndex, TitleVector
from kb.models.tags import Tag, TagSynonym
from kb.models.texts import Language, Revision, SentBack, Translation

__all__ = [
    "AcceptedReason",
    "ApiToken",
    "Article",
    "AuditEntry",
    "Deed",
    "DeletedArticle",
    "EditorDraft",
    "ImportChunk",
    "ImportJob",
    "IndexChange",
    "Language",
    "OldAddress",
    "Picture",
    "Post",
    "PostSnippet",
    "Report",
    "Revision",
    "SearchIndex",
    "SentBack",
    "SharedSetup",
    "SharedSetupRevision",
    "Source",
    "Tag",
    "TagSuggestion",
    "TagSynonym",
    "TitleVector",
    "Translation",
    "Vote",
    "Webhook",
    "WebhookDelivery",
]
