"""The ladder: the ways to run a snippet, the most faithful first."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from snippets import code as codes
from snippets import flavours, sessions, standins
from snippets.flavours import Flavour
from snippets.imports import (
    IMPORTS,
    TENSORFLOW,
    TORCH,
    TORCH_INSTEAD,
    explained,
    import_lines,
)
from snippets.repairs import repair

SETUP_BYTES = 64 * 1024
"""A longer session is not proposed: it is somebody's whole notebook, not a setup."""
SESSION_REPAIR = "session"


class Origin(StrEnum):
    AS_IS = "as-is"
    AUTHORED = "authored"
    CURATED = "curated"
    IMPORTS = "imports"
    SESSION = "session"
    SHARED = "shared"
    SESSION_STAND_INS = "session-stand-ins"
    STAND_INS = "stand-ins"


Rungs = list[dict[str, Any]]


def flavour_of(code: str, libraries: Sequence[str] = ()) -> Flavour:
    """Say whose terms `code` is in; where nothing tells, PyTorch's.

    `libraries` are those that the code around it uses.
    """
    if known := flavours.flavour_of_libraries(codes.imported_roots(code)):
        if known is not Flavour.PLAIN:
            return known
    tree = codes.tree_of(code)
    names = {name for name in codes.undefined_names(code) if explained(name, tree)}
    torch, keras = (len(names & (own - other)) for own, other in _OWN_NAMES)
    if torch != keras:
        return Flavour.TORCH if torch > keras else Flavour.KERAS
    if hinted := flavours.hinted_library(code):
        return Flavour(hinted)
    if libraries:
        return flavours.flavour_of_libraries(libraries)
    # `LSTM(8)` alone: those who write PyTorch write `nn.LSTM`.
    return Flavour.KERAS if names & _KERAS_NAMES else Flavour.TORCH


_TORCH_NAMES, _KERAS_NAMES = {*TORCH, *TORCH_INSTEAD}, set(TENSORFLOW)
_OWN_NAMES = ((_TORCH_NAMES, _KERAS_NAMES), (_KERAS_NAMES, _TORCH_NAMES))


def implied_roots(code: str) -> frozenset[str]:
    """Return the top-level packages that `code` imports, or names as if it had."""
    tree = codes.tree_of(code)
    names = [name for name in codes.undefined_names(code) if explained(name, tree)]
    lines = import_lines(names, is_torch=flavour_of(code) is Flavour.TORCH)
    return codes.imported_roots(code) | codes.imported_roots("\n".join(lines))


def ladder(
    code: str,
    setup: str = "",
    earlier: Sequence[str] = (),
    *,
    curated: str = "",
    shared: Sequence[str] = (),
    libraries: Sequence[str] = (),
) -> Rungs:
    """Return the ways to try for `code`, the best first; only those that change something.

    `setup` is what its author wrote, `curated` what a curator wrote for it; either
    stands alone. `earlier` are the code blocks that precede it in the same post,
    `shared` the setups of its article and tags, `libraries` what the code around
    it belongs to. Code that cannot be made to compile has the rung `as-is` alone.
    """
    program, repairs = program_of(code)
    flavour = flavour_of(program, libraries)
    torch = flavour is Flavour.TORCH
    missing = codes.undefined_names(program)
    candidates: list[tuple[Origin, str]] = []
    if given := curated.strip() and codes.tidy(curated):
        candidates.append((Origin.CURATED, _completed(given, program, torch)))
    elif setup.strip():
        candidates.append((Origin.AUTHORED, codes.tidy(setup)))
    else:
        candidates = _proposed(program, missing, earlier, shared, flavour)
    rungs: dict[str, Origin] = {}
    for origin, text in candidates:
        if len(text.encode("utf-8", "surrogatepass")) <= SETUP_BYTES:
            rungs.setdefault(text, origin)
    extra = {"program": program, "repairs": repairs} if repairs else {}
    return [{"origin": origin.value, "code": text, **extra} for text, origin in rungs.items()]


def program_of(code: str) -> tuple[str, list[str]]:
    """Return what runs for `code`, and what had to be done to it for that."""
    tidy = codes.tidy(code)
    if sessions.is_session(tidy):
        typed = sessions.program_of(sessions.read_session(tidy))
        if codes.syntax_error(typed) is None:
            return typed, [SESSION_REPAIR]
    mended = repair(tidy)
    if mended is None or not mended.repairs:
        return tidy, []
    return mended.code, [str(name) for name in mended.repairs]


def _proposed(
    program: str,
    missing: list[str],
    earlier: Sequence[str],
    shared: Sequence[str],
    flavour: Flavour,
) -> list[tuple[Origin, str]]:
    torch = flavour is Flavour.TORCH
    tree = codes.tree_of(program)
    importable = [name for name in missing if explained(name, tree)]
    candidates = [
        (Origin.AS_IS, ""),
        (Origin.IMPORTS, "\n".join(import_lines(importable, is_torch=torch))),
    ]
    if earlier:
        needed = _needed(earlier, missing)
        candidates += [
            (Origin.SESSION, session)
            for blocks in (earlier, needed)
            if (session := _session(missing, blocks, torch))
        ]
    candidates += [(Origin.SHARED, _completed(codes.tidy(s), program, torch)) for s in shared if s]
    if codes.syntax_error(program) is not None:
        return candidates
    if earlier and (lines := _session_with_stand_ins(program, earlier, flavour)):
        candidates.append((Origin.SESSION_STAND_INS, lines))
    if lines := with_stand_ins(program, flavour):
        candidates.append((Origin.STAND_INS, lines))
    return candidates


def stand_in_names(program: str) -> list[str]:
    """Return the undefined names that no import explains."""
    tree = codes.tree_of(program)
    return [name for name in codes.undefined_names(program) if not explained(name, tree)]


def with_stand_ins(program: str, flavour: Flavour) -> str:
    """Return imports and stand-ins for `program`, or nothing where it needs none."""
    proposal = standins.propose(program, stand_in_names(program), flavour=flavour)
    return complete_stand_ins(program, proposal, flavour) if proposal else ""


def complete_stand_ins(program: str, proposal: standins.Proposal, flavour: Flavour) -> str:
    """Return stand-ins with the imports that they and `program` need."""
    tree = codes.tree_of(program)
    own = [name for name in codes.undefined_names(program) if explained(name, tree)]
    names = [*codes.undefined_names(proposal.lines), *own]
    defined = codes.defined_names(proposal.lines)
    is_torch = flavour is Flavour.TORCH
    lines = import_lines((n for n in names if n not in defined), is_torch=is_torch)
    return "\n".join([*lines, proposal.lines])


def _completed(given: str, program: str, torch: bool) -> str:
    """Return a curator's setup with the imports that it and `program` lack."""
    defined = codes.defined_names(given)
    lacking = [*codes.undefined_names(given), *codes.undefined_names(program)]
    lines = import_lines((n for n in lacking if n not in defined), is_torch=torch)
    return "\n".join([*lines, given])


def _session(missing: Sequence[str], earlier: Sequence[str], torch: bool) -> str:
    """Return the earlier blocks as one session, or nothing where they do not help.

    A block that cannot run here, because it does not compile or lacks a value,
    would stop the session before it reaches the fragment: it is left out.
    """
    lines: list[str] = []
    blocks: list[str] = []
    known: set[str] = set()
    for block in dict.fromkeys(map(codes.tidy, earlier)):
        lacking = [name for name in codes.undefined_names(block) if name not in known]
        if codes.syntax_error(block) is not None or set(lacking) - set(IMPORTS):
            continue
        lines += import_lines(lacking, is_torch=torch)
        known |= codes.defined_names(block) | set(lacking)
        blocks.append(block)
    if not known & (set(missing) - set(IMPORTS)):
        return ""
    lines += import_lines((name for name in missing if name not in known), is_torch=torch)
    return "\n\n".join(["\n".join(dict.fromkeys(lines)), *blocks]).strip("\n")


def _needed(earlier: Sequence[str], missing: Sequence[str]) -> list[str]:
    """Return the earlier blocks that define what is missing, and what those lack in turn."""
    lacking = set(missing) - set(IMPORTS)
    blocks: list[str] = []
    for block in reversed(list(dict.fromkeys(map(codes.tidy, earlier)))):
        if codes.syntax_error(block) is None and codes.defined_names(block) & lacking:
            blocks.insert(0, block)
            lacking |= set(stand_in_names(block))
    return blocks


def _session_with_stand_ins(program: str, earlier: Sequence[str], flavour: Flavour) -> str:
    """Return the earlier blocks that define what `program` lacks, after stand-ins for the rest."""
    blocks = _needed(earlier, stand_in_names(program))
    if not blocks:
        return ""
    whole = "\n".join([*blocks, program])
    first = with_stand_ins(whole, flavour)
    return "\n\n".join([first, *blocks]) if first else ""
