"""A dump's PostHistory.xml becomes the earlier revisions of its texts."""

from pathlib import Path

from kb.models import Revision, Translation
from tests.kb.importers.conftest import Run

HISTORY = """\
<posthistory>
  <row Id="1" PostHistoryTypeId="2" PostId="1" RevisionGUID="a" CreationDate="2015-03-05T22:28:34.823" UserId="7" Text="How do I sum?&#xA;&#xA;    x = 1&#xA;" />
  <row Id="2" PostHistoryTypeId="1" PostId="1" RevisionGUID="a" CreationDate="2015-03-05T22:28:34.823" UserId="7" Text="How to sum" />
  <row Id="3" PostHistoryTypeId="5" PostId="1" RevisionGUID="b" CreationDate="2015-04-01T00:00:00.000" UserDisplayName="Eve" Comment="made it clear" Text="How do I **sum**?" />
  <row Id="4" PostHistoryTypeId="10" PostId="1" RevisionGUID="c" CreationDate="2015-04-02T00:00:00.000" Text="closed" />
  <row Id="5" PostHistoryTypeId="5" PostId="1" RevisionGUID="d" CreationDate="2015-05-01T00:00:00.000" Text="The current one" />
</posthistory>
"""


def test_earlier_texts_are_revisions_before_the_current_one(run: Run, dump: Path) -> None:
    (dump / "PostHistory.xml").write_text(HISTORY)

    run("stackexchange", dump)

    text = Translation.objects.get(post__position=0, post__article__source__external_id="1")
    revisions = list(Revision.objects.filter(translation=text).order_by("number"))
    assert [revision.number for revision in revisions] == [1, 2, 3]
    assert revisions[0].title == "How to sum"
    assert revisions[0].markdown == "How do I sum?\n\n```python run\nx = 1\n```"
    assert revisions[0].created_at.isoformat() == "2015-03-05T22:28:34.823000+00:00"
    assert revisions[1].comment == "made it clear — Eve"
    assert revisions[2].markdown == text.markdown
    assert text.revision_number == 3


def test_dump_with_history_is_unchanged_the_second_time(run: Run, dump: Path) -> None:
    (dump / "PostHistory.xml").write_text(HISTORY)
    run("stackexchange", dump)

    assert run("stackexchange", dump)["unchanged"] == 2
    assert Revision.objects.count() == Translation.objects.count() + 2
