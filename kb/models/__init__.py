"""Articles, posts, translations, tags, and everything else the knowledge base keeps."""

from kb.models.articles import Article, OldAddress, Picture, Post, PostSnippet, Source
from kb.models.audit import AuditEntry, Deed
from kb.models.curation import SharedSetup
from kb.models.editing import EditorDraft
from kb.models.feedback import Report, Vote
from kb.models.search import IndexChange, SearchIndex
from kb.models.tags import Tag, TagSynonym
from kb.models.texts import Language, Revision, Translation

__all__ = [
    "Article",
    "AuditEntry",
    "Deed",
    "EditorDraft",
    "IndexChange",
    "Language",
    "OldAddress",
    "Picture",
    "Post",
    "PostSnippet",
    "Report",
    "Revision",
    "SearchIndex",
    "SharedSetup",
    "Source",
    "Tag",
    "TagSynonym",
    "Translation",
    "Vote",
]
