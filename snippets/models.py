"""Snippets, the runs that execute them, and what those runs prove."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from snippets import querysets


def new_public_id() -> str:
    """Return an unguessable name for a run's address: 128 bits, URL-safe."""
    return secrets.token_urlsafe(16)


class Snippet(models.Model):
    """A piece of code, once, however many posts and translations show it."""

    class Kind(models.TextChoices):
        PYTHON = "python", "Python 3"
        PYTHON2 = "python2", "Python 2"
        SESSION = "session", _("console session")

    class SuggestionOrigin(models.TextChoices):
        CURATOR = "curator", _("a curator's correction")
        TRANSLATION = "translation", _("a translation from Python 2")

    digest = models.CharField(max_length=64, unique=True)  # sha256 of the normalised code
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PYTHON)
    name = models.CharField(max_length=80, blank=True)
    code = models.TextField()  # whole, as its author wrote it
    highlighted = models.TextField(blank=True)  # `code` as safe HTML, made when it is stored
    setup = models.TextField(blank=True)  # what its author wrote to run before it
    runtimes = models.JSONField(default=list)  # names its author asked for; empty: by imports
    earlier = models.JSONField(default=list)  # digests of the code before it in its post
    borrowed = models.JSONField(default=list)  # libraries of that code, where its own is silent
    shared_setups = models.JSONField(default=list)  # of its article and tags, written by curators
    curated_setup = models.TextField(blank=True)  # these two are kept in step with Curation
    curated_runtimes = models.JSONField(default=list)
    claim = models.TextField(blank=True)  # what the author says it prints
    expects_error = models.BooleanField(default=False)
    needs_gpu = models.BooleanField(default=False)
    # A correction, verified as a snippet of its own; the author's code stays as it is.
    suggested = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="suggested_for"
    )
    suggestion_origin = models.CharField(
        max_length=12, blank=True, choices=SuggestionOrigin.choices
    )
    suggestion_note = models.TextField(blank=True)
    is_suggestion_accepted = models.BooleanField(default=False)  # others are never run
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.SnippetQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("snippet")
        verbose_name_plural = _("snippets")

    def __str__(self) -> str:
        return self.name or self.digest[:12]


class Curation(models.Model):
    """What a curator says of a piece of code, by its digest: it may not be here yet."""

    digest = models.CharField(max_length=64, unique=True)
    setup = models.TextField(blank=True)
    runtimes = models.JSONField(default=list)
    suggestion = models.TextField(blank=True)  # the corrected code, whole
    suggestion_note = models.TextField(blank=True)
    accepts_translation = models.BooleanField(default=False)  # from Python 2
    note = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )

    class Meta:
        ordering = ["digest"]
        verbose_name = _("curation")
        verbose_name_plural = _("curations")

    def __str__(self) -> str:
        return self.digest[:12]


class Run(models.Model):
    """One persisted attempt to execute code: its status is its life, its verdict how it ended."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("cancelled")

    class Purpose(models.TextChoices):
        READER = "reader", _("reader")
        VERIFICATION = "verification", _("verification")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    snippet = models.ForeignKey(
        Snippet, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.READER)
    runtime = models.CharField(max_length=40)
    setup = models.TextField(blank=True)
    code = models.TextField()
    limits = models.JSONField(default=dict)
    seed = models.PositiveIntegerField(null=True, blank=True)  # null: other numbers every time
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    requested_key = models.CharField(max_length=64, blank=True)  # hash of a reader's session

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim_token = models.CharField(max_length=32, blank=True)  # fences off an earlier worker
    cancel_requested = models.BooleanField(default=False)
    queued_at = models.DateTimeField(auto_now_add=True)
    enqueued_at = models.DateTimeField(auto_now_add=True)  # when the broker was last told
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)  # when its worker was last alive
    finished_at = models.DateTimeField(null=True, blank=True)

    verdict = models.CharField(max_length=10, blank=True)  # sandbox.Verdict
    reason = models.TextField(blank=True)
    failure = models.JSONField(default=dict)  # sandbox.Failure; empty when nothing was raised
    exit_code = models.IntegerField(null=True, blank=True)
    signal = models.CharField(max_length=10, blank=True)
    output = models.JSONField(default=list)  # [{"stream": "stdout"|"stderr", "text": …}] in order
    truncated = models.BooleanField(default=False)
    wall_seconds = models.FloatField(null=True, blank=True)
    cpu_seconds = models.FloatField(null=True, blank=True)
    memory_bytes = models.BigIntegerField(null=True, blank=True)
    environment = models.JSONField(default=dict)

    objects = querysets.RunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["queued_at"],
                name="run_unfinished",
                condition=Q(status__in=["queued", "running"]),
            ),
        ]
        verbose_name = _("run")
        verbose_name_plural = _("runs")

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_over(self) -> bool:
        return self.status in {self.Status.FINISHED, self.Status.CANCELLED}

    @property
    def stdout(self) -> str:
        return "".join(part["text"] for part in self.output if part["stream"] == "stdout")

    @property
    def stderr(self) -> str:
        return "".join(part["text"] for part in self.output if part["stream"] == "stderr")


class Artifact(models.Model):
    """A figure or file that a run left; in the database, so that every web process has it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artifacts")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)  # figure, file
    media_type = models.CharField(max_length=80)
    data = models.BinaryField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("artifact")
        verbose_name_plural = _("artifacts")

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """Checks that were queued together, watched for too many greens turning red at once."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        ACCEPTED = "accepted", _("accepted")
        DISCARDED = "discarded", _("discarded")

    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    were_green = models.PositiveIntegerField(default=0)  # of those done
    turned_red = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("batch")
        verbose_name_plural = _("batches")

    def __str__(self) -> str:
        return f"#{self.pk}"


class Verification(models.Model):
    """What a run and a snippet's claims mean for that snippet on one runtime, at one time."""

    class Outcome(models.TextChoices):
        VERIFIED = "verified", _("verified")
        RUNS = "runs", _("runs")
        RANDOM = "random", _("matches up to random values")
        DIFFERS = "differs", _("differs")
        FAILS = "fails", _("fails")
        EXPECTED_ERROR = "expected-error", _("fails as expected")
        TIMEOUT = "timeout", _("timed out")
        MEMORY = "memory", _("out of memory")
        NOT_RUNNABLE = "not-runnable", _("not runnable")
        SKIPPED = "skipped", _("skipped")
        STALE = "stale", _("stale")
        WAITING = "waiting", _("waiting")
        FLAKY = "flaky", _("flaky")

    class Change(models.TextChoices):
        BROKE = "broke", _("broke")
        FIXED = "fixed", _("works again")

    snippet = models.ForeignKey(Snippet, on_delete=models.CASCADE, related_name="verifications")
    runtime = models.CharField(max_length=40)
    key = models.CharField(max_length=64)  # hash of everything that the outcome depends on
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    change = models.CharField(max_length=6, blank=True, choices=Change.choices)
    last_outcome = models.CharField(max_length=16, blank=True)  # of a stale one, before it was
    reason_code = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)
    setup_origin = models.CharField(max_length=20, blank=True)  # of snippets.setups.Origin
    setup = models.TextField(blank=True)
    repairs = models.JSONField(default=list)  # what was mended in the code that ran
    figures = models.JSONField(default=list)  # perceptual hashes of what was drawn
    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="verifications"
    )
    run = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="verifications"
    )
    is_current = models.BooleanField(default=True)
    checked_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.VerificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-id"], name="verification_change", condition=~Q(change="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["snippet", "runtime"],
                condition=Q(is_current=True),
                name="verification_current_once",
            ),
        ]
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")

    def __str__(self) -> str:
        return f"{self.snippet} on {self.runtime}: {self.outcome}"

    @property
    def judged(self) -> str:
        """The outcome that its run had, stale or not."""
        return self.last_outcome or self.outcome
