"""Every address; `lang` is zh or en, the first part of each page's path."""

from django.contrib import admin
from django.urls import include, path, register_converter

from config.health import healthz
from kb.languages import LanguageConverter
from kb.views import choose_language

register_converter(LanguageConverter, "lang")

urlpatterns = [
    path("", choose_language, name="root"),
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("<lang:lang>/", include("kb.urls")),
    path("<lang:lang>/", include("snippets.urls")),
]
