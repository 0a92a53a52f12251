"""What the editor's other buttons do to the fields as they were sent."""

from collections.abc import Mapping, Sequence

from kb.editing.pages import merged_text
from kb.editing.parity import carry_code
from kb.errors import AuthoringError
from kb.languages import BY_PATH, OTHER
from kb.models import Translation


def changed_fields(
    action: str, fields: Mapping[str, str], texts: Sequence[Translation]
) -> dict[str, str]:
    """Return the fields that an action gives other values; `texts` are those stored.

    `begin-en` starts the English text with the Chinese one, `carry-zh` puts the code of the
    Chinese text into the English one, `merge-en-3` puts together what was typed from revision 3
    and what was saved since, `theirs-en` takes what was saved.
    """
    verb, _, rest = action.partition("-")
    path, _, base = rest.partition("-")
    if path not in BY_PATH:
        return {}
    if verb == "carry":
        return _carried(fields, path)
    if verb == "begin":
        return {f"markdown_{path}": fields.get(f"markdown_{OTHER[path]}", "")}
    text = next((one for one in texts if one.language == BY_PATH[path]), None)
    if text is None:
        return {}
    if verb == "theirs":
        return {
            f"markdown_{path}": text.markdown,
            f"title_{path}": text.title,
            f"base_{path}": str(text.revision_number),
        }
    if verb == "merge" and base.isdecimal():
        mine = fields.get(f"markdown_{path}", "").replace("\r\n", "\n")
        merged = merged_text(text=text, base=int(base), mine=mine)
        number = str(text.revision_number)
        return {f"markdown_{path}": merged, f"base_{path}": number} if merged is not None else {}
    return {}


def _carried(fields: Mapping[str, str], path: str) -> dict[str, str]:
    target = f"markdown_{OTHER[path]}"
    source = fields.get(f"markdown_{path}", "").replace("\r\n", "\n")
    carried = carry_code(source=source, target=fields.get(target, "").replace("\r\n", "\n"))
    if carried is None:
        raise AuthoringError(
            "the two texts have not the same blocks of code in the same order, so code cannot be "
            "carried over; add or remove blocks in the other text first"
        )
    return {target: carried}
