"""Records for operators; curation has pages of its own."""

from django.contrib import admin

from kb.models import Article, Post, Revision, Source, Tag, TagSynonym, Translation


class SynonymInline(admin.TabularInline):
    model = TagSynonym
    extra = 1


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ["slug", "name_zh", "name_en", "parent"]
    search_fields = ["slug", "name_zh", "name_en", "synonyms__name"]
    autocomplete_fields = ["parent"]
    inlines = [SynonymInline]


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["kind", "external_id", "title", "licence", "imported_at"]
    list_filter = ["kind"]
    search_fields = ["external_id", "title", "author"]


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    list_display = ["slug", "kind", "source", "updated_at"]
    list_filter = ["kind"]
    list_select_related = ["source"]
    search_fields = ["slug", "posts__translations__title"]
    autocomplete_fields = ["tags", "source"]


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    list_display = ["article", "role", "position", "is_accepted", "score", "author"]
    list_filter = ["role"]
    list_select_related = ["article"]
    search_fields = ["article__slug", "author"]
    autocomplete_fields = ["article"]


@admin.register(Translation)
class TranslationAdmin(admin.ModelAdmin):
    """Texts are written through content files and importers, which render and keep revisions."""

    list_display = ["post", "language", "title", "revision_number", "updated_at"]
    list_filter = ["language"]
    list_select_related = ["post__article"]
    search_fields = ["title", "markdown"]
    readonly_fields = ["post", "language", "title", "markdown", "blocks", "revision_number"]


@admin.register(Revision)
class RevisionAdmin(admin.ModelAdmin):
    list_display = ["translation", "number", "title", "comment", "created_at"]
    list_select_related = ["translation__post__article"]
    search_fields = ["title", "markdown"]
    readonly_fields = ["translation", "number", "title", "markdown", "comment", "created_by"]
