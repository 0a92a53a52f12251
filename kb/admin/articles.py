"""Articles, their texts, tags and sources."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from kb.admin.noted import NotedAdmin
from kb.curation.standing import refresh_standing
from kb.models import (
    Article,
    Deed,
    OldAddress,
    Picture,
    Post,
    PostSnippet,
    Revision,
    SentBack,
    Source,
    Tag,
    TagSuggestion,
    TagSynonym,
    Translation,
)
from snippets.admin import EvidenceAdmin, ValuesFilter, page_language


class SynonymInline(admin.StackedInline):
    model = TagSynonym
    extra = 1


@admin.register(Tag)
class TagAdmin(NotedAdmin):
    deed = Deed.EDITED_TAG
    list_display = ["slug", "name_zh", "name_en", "parent", "updated_at"]
    list_select_related = ["parent"]
    search_fields = ["slug", "name_zh", "name_en", "synonyms__name"]
    raw_id_fields = ["parent"]
    inlines = [SynonymInline]

    def view_on_site(self, obj: Tag) -> str:
        return reverse("tag", args=[page_language(), obj.slug])


@admin.register(TagSuggestion)
class TagSuggestionAdmin(EvidenceAdmin):
    """Decided on the desk."""

    list_display = ["name", "article", "status", "created_at"]
    list_filter = ["status", "created_at"]
    list_select_related = ["article"]
    search_fields = ["name", "article__slug"]


@admin.register(Source)
class SourceAdmin(NotedAdmin):
    """Whose text it is can be corrected; by what it is found again cannot."""

    deed = Deed.EDITED_ARTICLE
    list_display = ["kind", "external_id", "title", "licence", "imported_at"]
    list_display_links = ["external_id"]
    list_filter = ["kind", ("licence", ValuesFilter)]
    search_fields = ["external_id", "title", "author"]
    readonly_fields = ["kind", "external_id", "digest", "imported_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PostInline(admin.StackedInline):
    model = Post
    fields = ["position", "role", "author", "score", "is_accepted"]
    readonly_fields = ["position", "role", "score"]
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Article)
class ArticleAdmin(NotedAdmin):
    """Written, tagged and deleted on the desk, where deleting can be undone."""

    deed = Deed.EDITED_ARTICLE
    list_display = ["slug", "kind", "health", "score", "view_count", "updated_at"]
    list_filter = ["kind", "health", "source__kind", "updated_at"]
    search_fields = ["slug", "posts__translations__title"]
    readonly_fields = ["tags", "source", "score", "view_count", "health", "verified_at",
                       "broke_at", "work", "changed_at", "created_at", "updated_at",
                       "reviewed_by", "reviewed_at"]  # fmt: skip
    inlines = [PostInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        refresh_standing(article_ids=[form.instance.pk])

    def view_on_site(self, obj: Article) -> str:
        return reverse("article", args=[page_language(), obj.pk, obj.slug])


class PlaceInline(admin.StackedInline):
    model = PostSnippet
    fields = ["position", "snippet"]
    readonly_fields = ["position", "snippet"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("snippet")


@admin.register(Post)
class PostAdmin(NotedAdmin):
    deed = Deed.EDITED_ARTICLE
    list_display = ["article", "role", "position", "is_accepted", "score", "author"]
    list_filter = ["role", "is_accepted"]
    list_select_related = ["article"]
    search_fields = ["article__slug", "author"]
    readonly_fields = ["article", "role", "position", "score", "created_at"]
    inlines = [PlaceInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        refresh_standing(article_ids=[obj.article_id])


@admin.register(PostSnippet)
class PostSnippetAdmin(EvidenceAdmin):
    list_display = ["post", "position", "snippet"]
    list_select_related = ["post__article", "snippet"]
    search_fields = ["post__article__slug", "snippet__name", "snippet__digest"]


@admin.register(Translation)
class TranslationAdmin(EvidenceAdmin):
    """Texts are written on the desk and by importers, which render and keep revisions."""

    list_display = ["post", "language", "title", "revision_number", "updated_at"]
    list_filter = ["language", "is_rendered"]
    list_select_related = ["post__article"]
    search_fields = ["title", "markdown"]
    exclude = ["blocks"]
    heavy = ("markdown", "blocks")


@admin.register(Revision)
class RevisionAdmin(EvidenceAdmin):
    list_display = ["translation", "number", "title", "comment", "created_by", "created_at"]
    list_filter = ["translation__language", "created_at"]
    list_select_related = ["translation__post__article", "created_by"]
    search_fields = ["title", "markdown", "comment"]
    heavy = ("markdown", "translation__markdown", "translation__blocks")


@admin.register(SentBack)
class SentBackAdmin(EvidenceAdmin):
    """Written by reviewers on the desk."""

    list_display = ["translation", "note", "user", "at"]
    list_filter = ["translation__language", "at"]
    list_select_related = ["translation__post__article", "user"]
    search_fields = ["note"]
    heavy = ("translation__markdown", "translation__blocks")


@admin.register(OldAddress)
class OldAddressAdmin(NotedAdmin):
    deed = Deed.EDITED_ARTICLE
    list_display = ["address", "article", "position"]
    list_select_related = ["article"]
    search_fields = ["address", "article__slug"]
    raw_id_fields = ["article"]


@admin.register(Picture)
class PictureAdmin(EvidenceAdmin):
    list_display = ["digest", "media_type"]
    list_filter = ["media_type"]
    search_fields = ["digest"]
    heavy = ("data",)

    def view_on_site(self, obj: Picture) -> str:
        return reverse("picture", args=[obj.digest])
