"""Who an emulated device says it is: texts that the profile's patterns take apart again. Pure."""

import re
from collections.abc import Mapping

from telemetry.profiles.model import IdentityPart, Profile

PARTS = ("vendor", "model", "serial", "firmware")


def identity_texts(profile: Profile, told: Mapping[str, str]) -> dict[str, str]:
    """By point id, the text that makes `telemetry.binding.identity` give `told` (keys of PARTS)
    as far as the profile reads it from points. A point asked for several parts holds them all."""
    texts: dict[str, list[str]] = {}
    for part in PARTS:
        ways: tuple[IdentityPart, ...] = getattr(profile.identity, part)
        for way in ways:
            if way.point is not None and part in told:
                texts.setdefault(way.point, []).append(_spoken(way, told[part]))
    return {point: " ".join(dict.fromkeys(parts)) for point, parts in texts.items()}


def _spoken(way: IdentityPart, text: str) -> str:
    return text if way.pattern is None else sample(way.pattern, text)


def sample(pattern: re.Pattern[str], group: str = "") -> str:
    """A text in which the pattern is found, with `group` as its first group if that may stand
    there. Understands what profiles use: literals, classes, groups, ? * + and {n}; what it cannot
    satisfy is left as the plain words of the pattern."""
    source = _choices(pattern.pattern)[0]
    literal = _literal(source, group)
    return literal if pattern.search(literal) else _literal(source, "1")


_CLASSES = {"d": "1", "s": " ", "w": "x", "S": "x", "D": "x", "W": "-"}


def _literal(source: str, group: str) -> str:
    out, at, first = "", 0, True
    while at < len(source):
        mark = source[at]
        piece, step = _atom(source, at)
        if mark == "(":
            inside = source[at + 1 : at + step - 1]
            captures = not inside.startswith("?")
            piece = group if captures and first and group else _inner(inside)
            first = first and not captures
        at += step
        least, used = _repeat(source, at)
        at += used
        out += piece * least
    return out


def _inner(inside: str) -> str:
    """The first choice of a group."""
    inside = re.sub(r"^\?(:|[aimsx]+(:|$))", "", inside)
    return _literal(_choices(inside)[0], "")


def _choices(inside: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, mark in enumerate(inside):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(mark, 0)
        if mark == "|" and depth == 0:
            parts.append(inside[start:at])
            start = at + 1
    return [*parts, inside[start:]]


def _atom(source: str, at: int) -> tuple[str, int]:
    """(a text for the atom at `at`, how many marks of the pattern it takes)."""
    mark = source[at]
    if mark == "\\" and at + 1 < len(source):
        following = source[at + 1]
        return ("" if following in "bBAZ" else _CLASSES.get(following, following)), 2
    if mark in "^$":
        return "", 1
    if mark == "(":
        return "", _closing(source, at) - at + 1
    if mark == "[":
        end = source.index("]", at + 2)
        inside = source[at + 1 : end]
        return (_outside(inside) if inside[0] == "^" else _atom(inside, 0)[0]), end - at + 1
    return ("x" if mark == "." else mark), 1


def _outside(inside: str) -> str:
    return next(
        mark for mark in "x1 -_" if mark not in inside and not re.match(f"[{inside[1:]}]", mark)
    )


def _closing(source: str, at: int) -> int:
    depth, escaped = 0, False
    for place in range(at, len(source)):
        mark = source[place]
        if escaped:
            escaped = False
            continue
        escaped = mark == "\\"
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if depth == 0 and mark == ")":
            return place
    return len(source) - 1


def _repeat(source: str, at: int) -> tuple[int, int]:
    """(how often at least once where it may be, marks of the pattern that say so)."""
    mark = source[at : at + 1]
    if mark in ("?", "*", "+"):
        lazy = source[at + 1 : at + 2] == "?"
        return (1 if mark == "+" else 0), 1 + lazy
    if mark == "{":
        end = source.find("}", at)
        least = re.match(r"\{(\d+)", source[at:])
        if end > 0 and least:
            return int(least.group(1)), end - at + 1
    return 1, 0
