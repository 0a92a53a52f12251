"""What programs say of a revision is said in the reader's language; people's own words stay."""

import pytest
from django.utils.translation import override

from kb.models import Revision


@pytest.mark.parametrize(
    ("comment", "wanted"),
    [
        ("load_content", "载入内容"),
        ("import", "导入"),
        ("import stackexchange", "导入（stackexchange）"),
        ("a clearer title", "a clearer title"),
        ("", ""),
    ],
)
def test_comment_in_chinese(comment: str, wanted: str):
    revision = Revision(comment=comment)

    with override("zh-hans"):
        assert revision.comment_label == wanted
    with override("en"):
        assert revision.comment_label == comment
