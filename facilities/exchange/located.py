"""A tree of values that remembers the line each stands on, and strict reading from it. Pure."""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its line, counted from 1."""

    value: "Scalar | dict[str, Node] | list[Node]"
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a line, in words that name the key and the limit."""

    line: int
    words: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.words}"


def plain(node: Node) -> object:
    """The values without their lines."""
    if isinstance(node.value, dict):
        return {key: plain(inner) for key, inner in node.value.items()}
    if isinstance(node.value, list):
        return [plain(inner) for inner in node.value]
    return node.value


class Reader:
    """Reads the keys of one mapping and notes every problem instead of stopping at the first."""

    def __init__(self, node: Node, problems: list[Problem], place: str = "") -> None:
        self.line = node.line
        self.problems = problems
        self.place = place
        self.fields: Mapping[str, Node] = {}
        if isinstance(node.value, dict):
            self.fields = node.value
        else:
            self.note(node.line, "expected keys and values here")

    def note(self, line: int, words: str) -> None:
        """Remember what is wrong."""
        self.problems.append(Problem(line, f"{self.place}{words}"))

    def only(self, known: Collection[str]) -> None:
        """Every key that is not known is a problem."""
        for key, node in self.fields.items():
            if key not in known:
                self.note(node.line, f"unknown key {key!r}")

    def find(self, key: str, *, required: bool = False) -> Node | None:
        """The node of a key; an explicit null counts as absent."""
        node = self.fields.get(key)
        if node is not None and node.value is not None:
            return node
        if required:
            self.note(node.line if node else self.line, f"{key} is missing")
        return None

    def text(self, key: str, most: int, *, required: bool = False, pattern: str = "") -> str | None:
        """A text of at most `most` characters that fits the whole pattern."""
        node = self.find(key, required=required)
        if node is None:
            return None
        if not isinstance(node.value, str):
            self.note(node.line, f"{key} must be a text; put it in quotes")
            return None
        text = node.value.strip()
        if required and not text:
            self.note(node.line, f"{key} is empty")
        elif len(text) > most:
            self.note(node.line, f"{key} has {len(text)} characters; {most} is the most")
        elif "\x00" in text:
            self.note(node.line, f"{key} holds a NUL character")
        elif pattern and not re.fullmatch(pattern, text):
            self.note(node.line, f"{key} {text!r} must match {pattern}")
        else:
            return text or None
        return None

    def number(
        self,
        key: str,
        most: float,
        *,
        required: bool = False,
        step: float | None = None,
        least: float = 0,
    ) -> float | None:
        """A finite number between `least` and `most`, a multiple of `step`."""
        node = self.find(key, required=required)
        if node is None:
            return None
        value = node.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.note(node.line, f"{key} must be a number")
        elif not math.isfinite(value) or not least <= value <= most:
            self.note(node.line, f"{key} is {value}; it lies between {least:g} and {most:g}")
        elif step is not None and abs(value / step - round(value / step)) > 1e-9:
            self.note(node.line, f"{key} is {value}; it must be a multiple of {step:g}")
        else:
            return float(value)
        return None

    def flag(self, key: str, *, required: bool = False) -> bool | None:
        """true or false."""
        node = self.find(key, required=required)
        if node is None or isinstance(node.value, bool):
            return None if node is None else bool(node.value)
        self.note(node.line, f"{key} must be true or false")
        return None

    def choice(self, key: str, options: Collection[str], *, required: bool = False) -> str | None:
        """One of a few texts."""
        text = self.text(key, 100, required=required)
        if text is None or text in options:
            return text
        self.note(self.fields[key].line, f"{key} {text!r} is none of {', '.join(options)}")
        return None

    def rows(self, key: str) -> Iterator["Reader"]:
        """The mappings of a list, each with its own place in messages."""
        node = self.find(key)
        if node is None:
            return
        if not isinstance(node.value, list):
            self.note(node.line, f"{key} must be a list")
            return
        for number, inner in enumerate(node.value, start=1):
            yield Reader(inner, self.problems, f"{self.place}{key} {number}: ")

    def rest(self, taken: Collection[str]) -> dict[str, object]:
        """Whatever is not in `taken`, as plain values."""
        return {key: plain(node) for key, node in self.fields.items() if key not in taken}
