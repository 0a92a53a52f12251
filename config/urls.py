"""Every address; `lang` is zh or en, the first part of each page's path."""

from django.contrib import admin
from django.urls import include, path, register_converter

from kb.languages import LanguageConverter
from kb.views import choose_language

register_converter(LanguageConverter, "lang")

urlpatterns = [
    path("", choose_language, name="root"),
    path("admin/", admin.site.urls),
    path("<lang:lang>/", include("kb.urls")),
    path("<lang:lang>/", include("snippets.urls")),
]
