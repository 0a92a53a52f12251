"""A post's PostHistory rows → its earlier texts. Pure.

The last of them is the post as it is, which Posts.xml has in the HTML that readers saw.
"""

from collections.abc import Sequence

from kb.importers.dates import moment
from kb.importers.foreign import to_ours
from kb.importers.stackexchange.staging import Row
from kb.importers.text import one_line
from kb.storing.drafts import RevisionDraft

TITLES, BODIES = {"1", "4", "7"}, {"2", "5", "8"}
MOST_REVISIONS = 100


def earlier_texts(rows: Sequence[Row]) -> tuple[RevisionDraft, ...]:
    """Return the texts before the current one, the oldest first; rows of one GUID are one."""
    groups: dict[str, list[Row]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(row.get("RevisionGUID") or str(number), []).append(row)
    found: list[RevisionDraft] = []
    title = body = ""
    for group in list(groups.values())[-MOST_REVISIONS - 1 : -1]:
        for row in group:
            if row["PostHistoryTypeId"] in TITLES:
                title = one_line(row.get("Text", ""), 300)
            elif row["PostHistoryTypeId"] in BODIES:
                body = to_ours(row.get("Text", ""))
        first = group[0]
        said = [first.get("Comment", ""), first.get("UserDisplayName", "")]
        found.append(
            RevisionDraft(
                markdown=body,
                title=title,
                comment=one_line(" — ".join(part for part in said if part)),
                created_at=moment(first.get("CreationDate", "")),
            )
        )
    return tuple(found)
