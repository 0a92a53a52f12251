"""Every address; `lang` is zh or en, the first part of each page's path."""

from allauth.mfa.totp.views import activate_totp
from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin
from django.urls import include, path, register_converter
from django.views.i18n import set_language

from config.health import healthz
from kb.api.application import api
from kb.languages import LanguageConverter
from kb.views import found
from kb.views.home import choose_language
from kb.views.pictures import picture

register_converter(LanguageConverter, "lang")

urlpatterns = [
    path("", choose_language, name="root"),
    path("healthz", healthz, name="healthz"),
    path("robots.txt", found.robots, name="robots"),
    path("sitemap.xml", found.sitemap_index, name="sitemap-index"),
    path("sitemap-<str:name>.xml", found.sitemap, name="sitemap"),
    path("pictures/<str:digest>", picture, name="picture"),
    path("oembed", found.oembed, name="oembed"),
    path("api/v1/", api.urls),
    # The code to scan is a picture within the page.
    path("accounts/2fa/totp/activate/", csp_update({"img-src": [SELF, "data:"]})(activate_totp)),
    path("accounts/", include("allauth.urls")),
    path("admin/language", set_language, name="admin-language"),
    path("admin/", admin.site.urls),
    path("<lang:lang>/", include("kb.urls")),
    path("<lang:lang>/", include("snippets.urls")),
]

handler400 = "kb.views.errors.bad_request"
handler404 = "kb.views.errors.not_found"
handler500 = "kb.views.errors.server_error"
