"""Who did what on the desk, when, and why."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from snippets.wording import say


class Deed(models.TextChoices):
    """What can be done; a column keeps the value, so add freely and never rename."""

    SAVED_TEXT = "saved-text", _("saved a text")
    RESTORED_TEXT = "restored-text", _("restored an earlier text")
    MARKED_IN_STEP = "marked-in-step", _("marked both languages as saying the same")
    CREATED_ARTICLE = "created-article", _("created an article")
    EDITED_ARTICLE = "edited-article", _("edited an article")
    REVIEWED_ARTICLE = "reviewed-article", _("marked an article as reviewed")
    DELETED_ARTICLE = "deleted-article", _("deleted an article")
    UNDELETED_ARTICLE = "undeleted-article", _("brought back an article")
    REVIEWED_TEXT = "reviewed-text", _("reviewed a translation")
    SENT_BACK_TEXT = "sent-back-text", _("sent back a translation")
    ACCEPTED_REPORT = "accepted-report", _("accepted a report")
    DECLINED_REPORT = "declined-report", _("declined a report")
    ACCEPTED_TAG = "accepted-tag", _("accepted a suggested tag")
    DECLINED_TAG = "declined-tag", _("declined a suggested tag")
    ASSIGNED_TAG = "assigned-tag", _("assigned a tag")
    EDITED_TAG = "edited-tag", _("edited a tag")
    MERGED_TAG = "merged-tag", _("merged a tag")
    CURATED_SNIPPET = "curated-snippet", _("curated a snippet")
    UNDID_CURATION = "undid-curation", _("undid a curation")
    SHARED_SETUP = "shared-setup", _("shared a set-up")
    RESTORED_SETUP = "restored-setup", _("put back a shared set-up")
    ACKNOWLEDGED_SNIPPET = "acknowledged-snippet", _("accepted a snippet's reason")
    REOPENED_SNIPPET = "reopened-snippet", _("took back a snippet's accepted reason")
    REQUEUED_SNIPPET = "requeued-snippet", _("queued a snippet for verification")
    ACCEPTED_BATCH = "accepted-batch", _("accepted a stopped batch")
    DISCARDED_BATCH = "discarded-batch", _("discarded a stopped batch")
    IMPORTED = "imported", _("imported content")
    SETTLED_IMPORT = "settled-import", _("settled what an import left out")
    CHANGED_ROLES = "changed-roles", _("changed roles")
    MADE_TOKEN = "made-token", _("made a token")
    REVOKED_TOKEN = "revoked-token", _("revoked a token")
    CHANGED_WEBHOOK = "changed-webhook", _("changed a webhook")


# What the program itself gives as a reason, kept in English; people's own words stay.
WHYS = (
    gettext_noop("accepted what %(runtime)s printed"),
    gettext_noop("in the admin"),
    gettext_noop("deleted in the admin"),
    gettext_noop("tried again"),
    gettext_noop("discarded"),
    gettext_noop("made"),
    gettext_noop("changed"),
    gettext_noop("resumed"),
    gettext_noop("paused"),
    gettext_noop("new secret"),
    gettext_noop("removed"),
    gettext_noop("removed. %(note)s"),
    gettext_noop("removed."),
)


class AuditEntry(models.Model):
    """One deed; it outlives who did it and what it was done to."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    user_name = models.CharField(max_length=150, blank=True)  # as it was then
    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=40)  # of Deed
    target_kind = models.CharField(max_length=40)  # a model's name, in lower case
    target_id = models.BigIntegerField(null=True, blank=True)
    label = models.CharField(max_length=200, blank=True)  # the target, for people
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["target_kind", "target_id", "-id"], name="audit_by_target"),
            models.Index(fields=["verb", "-id"], name="audit_by_verb"),
        ]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.user_name} {self.verb} {self.label}"

    @property
    def why_label(self) -> str:
        return say(self.why, WHYS)

    @property
    def verb_label(self) -> str:
        return str(Deed(self.verb).label) if self.verb in Deed.values else self.verb
