"""Claims beside statements against what those statements really gave."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from snippets.claims import Claim, is_literal
from snippets.expectations import NUMBER, ORDER, Match, Tolerance, compare


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checked:
    """A claim, checked. `match` is None where the statement cannot tell."""

    claim: Claim
    match: Match | None
    given: str = ""

    def __str__(self) -> str:
        if self.claim.is_comparison:
            return f"line {self.claim.line}: the comparison is {self.given}"
        about = f" of {self.claim.about}" if self.claim.about else ""
        return f"line {self.claim.line}: claimed {self.claim.text!r}{about}, got {self.given!r}"


Observations = Mapping[int, Sequence[Mapping[str, Any]]]


def check_all(
    claims: Sequence[Claim], observed: Observations, tolerance: Tolerance | None = None
) -> list[Checked]:
    """Return each claim with how it stands; of a statement run often, any time it held counts.

    A comparison must hold every time.
    """
    return [
        _check(claim, observed.get(number, []), tolerance) for number, claim in enumerate(claims)
    ]


def _check(claim: Claim, seen: Sequence[Mapping[str, Any]], tolerance: Tolerance | None) -> Checked:
    if claim.is_comparison:
        truths = [_said(item) for item in seen if "repr" in item]
        if not truths:
            return Checked(claim=claim, match=None)
        is_true = all(
            text in {"True", "np.True_", "tensor(True)", "array(True)"} for text in truths
        )
        is_told = all(text in {"True", "False", "np.True_", "np.False_", "tensor(True)", "tensor(False)"}
                      for text in truths)  # fmt: skip
        # An array of truths is not one truth.
        match = (Match.SAME if is_true else Match.OTHER) if is_told else None
        return Checked(claim=claim, match=match, given=truths[-1])
    candidates = _candidates(claim, seen)
    if not candidates:
        # A prompt that printed nothing has nothing below it.
        return Checked(claim=claim, match=Match.OTHER if claim.is_session and seen else None)
    best: Match | None = None
    given = candidates[0]
    for text in candidates:
        match = compare(claim.text, text, tolerance)[0]
        if best is None or ORDER.index(match) < ORDER.index(best):
            best, given = match, text
    if best is not Match.SAME and _same_numbers(claim, seen, tolerance):
        best = Match.SAME
    if best is Match.OTHER and not _is_decisive(claim, seen):
        best = None
    if best is Match.VALUES and not claim.is_strong and not _is_print(seen):
        best = best if _same_form(claim, seen) else None
    return Checked(claim=claim, match=best, given=_shortened(given))


def _said(item: Mapping[str, Any]) -> str:
    return str(item.get("repr", ""))


def _candidates(claim: Claim, seen: Sequence[Mapping[str, Any]]) -> list[str]:
    found: list[str] = []
    for item in seen:
        printed = str(item.get("printed", ""))
        if printed.strip():
            found.append(printed)
    if len(found) > 1:
        # Of a loop, what it printed in all; beside it that stands in one line.
        found += ["".join(found), " ".join(text.strip() for text in found)]
    values = [item for item in seen if "type" in item and item["type"] != "NoneType"]
    if claim.is_session and values:
        found.append(
            "".join(str(i.get("printed", "")) for i in seen) + str(values[-1].get("repr", ""))
        )
    for item in values:
        found += [str(item[key]) for key in ("repr", "str") if key in item]
        if (shape := item.get("shape")) is not None:
            inside = ", ".join(map(str, shape))
            comma = "," if len(shape) == 1 else ""
            found += [
                f"({inside}{comma})",
                f"[{inside}]",
                f"torch.Size([{inside}])",
                f"TensorShape([{inside}])",
            ]
    return list(dict.fromkeys(found))


def _same_numbers(
    claim: Claim, seen: Sequence[Mapping[str, Any]], tolerance: Tolerance | None
) -> bool:
    """Say whether the claim lists the value's numbers, without the brackets around them."""
    if not re.fullmatch(r"[\[\](){}\s\d.,+\-eE]*(?:nan|inf)?[\[\](){}\s\d.,+\-eE]*", claim.text):
        return False
    numbers = NUMBER.findall(claim.text)
    for item in seen:
        values = item.get("numbers")
        if values and len(values) == len(numbers):
            ours = " ".join(str(float(number)) for number in numbers)
            if compare(ours, " ".join(map(str, values)), tolerance)[0] is Match.SAME:
                return True
    return False


def _is_print(seen: Sequence[Mapping[str, Any]]) -> bool:
    return any(str(item.get("printed", "")).strip() for item in seen)


def _is_decisive(claim: Claim, seen: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether a claim that does not match is wrong, and not only words about the code."""
    if claim.is_session:
        return True
    if not is_literal(claim.text):
        return False
    return claim.is_strong or _is_print(seen)


def _same_form(claim: Claim, seen: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether an unmarked value has the form of what the statement gave."""
    count = len(NUMBER.findall(claim.text))
    for item in seen:
        shape, numbers = item.get("shape"), item.get("numbers")
        if shape is not None and claim.text.strip()[:1] in "([":
            return count == len(shape) and bool(shape)
        if numbers is not None:
            return count == len(numbers)
        if "repr" in item and NUMBER.fullmatch(str(item["repr"])):
            return True
    return False


def _shortened(text: str) -> str:
    text = text.strip("\n")
    return text if len(text) <= 300 else text[:300] + "…"
