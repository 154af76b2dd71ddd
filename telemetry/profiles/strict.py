"""YAML that knows its lines: every value is asked for by name, what nobody asked for is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

import yaml

from telemetry.errors import ConfigError

E = TypeVar("E", bound=StrEnum)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Value:
    """A node of the file: `plain` is its Python value, `literal` what stands there (scalars)."""

    source: str
    line: int
    literal: str = ""
    plain: Any = None
    items: "list[Value] | None" = None
    entries: "dict[str, Value] | None" = None

    def fail(self, message: str) -> NoReturn:
        """Refuse this value."""
        raise ConfigError(message, f"{self.source}:{self.line}")

    def text(self) -> str:
        """The scalar as it stands in the file (so `on` stays "on")."""
        if self.items is not None or self.entries is not None or self.plain is None:
            self.fail("a text is expected here")
        return self.literal

    def number(self) -> Fraction:
        """An exact number: 0.1 is 1/10."""
        if type(self.plain) is int:
            return Fraction(self.plain)
        if type(self.plain) is float:
            try:
                return Fraction(self.literal.replace("_", ""))
            except ValueError:
                self.fail(f"{self.literal!r} is not a finite number")
        return self.fail("a number is expected here")

    def integer(self, low: int, high: int) -> int:
        """A whole number within the limits."""
        if type(self.plain) is not int:
            self.fail("a whole number is expected here")
        if not low <= self.plain <= high:
            self.fail(f"{self.plain} is outside {low} to {high}")
        return int(self.plain)

    def flag(self) -> bool:
        """true or false."""
        if type(self.plain) is not bool:
            self.fail("true or false is expected here")
        return bool(self.plain)

    def choice(self, kind: type[E]) -> E:
        """A member of a closed list."""
        try:
            return kind(self.text())
        except ValueError:
            allowed = ", ".join(member.value for member in kind)
            self.fail(f"{self.literal!r} is not one of: {allowed}")

    def each(self) -> "list[Value]":
        """The items of a list; anything else counts as a list of one."""
        return [self] if self.items is None else self.items

    def pairs(self) -> "Iterator[tuple[Value, Value]]":
        """Keys and values of a mapping whose keys are data (codes, phases)."""
        if self.entries is None:
            self.fail("a mapping is expected here")
        for key, value in self.entries.items():
            yield Value(self.source, value.line, key, _resolved(key)), value

    def section(self) -> "Section":
        """The mapping as a section whose keys are known."""
        if self.entries is None:
            self.fail("a mapping is expected here")
        return Section(self, self.entries)


@dataclass(slots=True)
class Section:
    """A mapping whose keys are asked for one by one; `close` refuses the rest."""

    at: Value
    entries: dict[str, Value]
    asked: set[str] = field(default_factory=set)

    def get(self, key: str) -> Value | None:
        """The value, or None if the key is absent."""
        self.asked.add(key)
        return self.entries.get(key)

    def need(self, key: str) -> Value:
        """The value; refused if the key is absent."""
        value = self.get(key)
        if value is None:
            self.at.fail(f"'{key}' is missing")
        return value

    def close(self) -> None:
        """Refuse keys that nobody asked for."""
        for key, value in self.entries.items():
            if key not in self.asked:
                allowed = ", ".join(sorted(self.asked))
                value.fail(f"unknown key '{key}' (known here: {allowed})")


def parse(text: str, source: str) -> Section:
    """The top mapping of a YAML text. ConfigError with the line for what is not plain YAML."""
    loader = _Loader(text)
    try:
        _refuse_aliases(text, source)
        node = loader.get_single_node()
        if node is None:
            raise ConfigError("the file is empty", f"{source}:1")
        return _value(loader, node, source).section()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "this is not YAML"
        raise ConfigError(str(problem), f"{source}:{line}") from error
    finally:
        loader.dispose()


def _refuse_aliases(text: str, source: str) -> None:
    """Aliases could blow a small file up to any size, and no profile needs them."""
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            mark = event.start_mark
            raise ConfigError("aliases are not allowed", f"{source}:{mark.line + 1 if mark else 1}")


def _value(loader: Any, node: yaml.Node, source: str) -> Value:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Value(source, line, items=[_value(loader, item, source) for item in node.value])
    if isinstance(node, yaml.MappingNode):
        return Value(source, line, entries=_entries(loader, node, source))
    try:
        plain = loader.construct_object(node)
    except (ValueError, yaml.YAMLError) as error:
        raise ConfigError(f"{node.value!r} cannot be read", f"{source}:{line}") from error
    return Value(source, line, literal=node.value, plain=plain)


def _entries(loader: Any, node: yaml.MappingNode, source: str) -> dict[str, Value]:
    entries: dict[str, Value] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ConfigError("a key must be a plain word", f"{source}:{line}")
        key = key_node.value
        if key in entries:
            raise ConfigError(f"'{key}' stands here twice", f"{source}:{line}")
        value = _value(loader, value_node, source)
        # An unknown key is shown where the key is, not where its value begins.
        value.line = line
        entries[key] = value
    return entries


def _resolved(literal: str) -> Any:
    """A key's plain value: an integer where it looks like one (also 0x..), else its text."""
    try:
        return int(literal, 0)
    except ValueError:
        return literal
