"""Reads YAML into a tree that remembers lines, and refuses what could harm.

Built from parser events instead of PyYAML's own composer: no aliases (which can blow up), no tags,
no key twice, no deep nesting, and every value keeps its line.
"""

from typing import Any

import yaml

from facilities.errors import Refused
from facilities.exchange.located import Node, Scalar

#: libyaml where PyYAML was built with it; the same grammar, ten times as fast.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 12
LARGEST_BYTES = 2_000_000
TAG = "tag:yaml.org,2002:"
#: How a scalar's text becomes a value; anything else, dates included, stays a text.
PLAIN = frozenset(TAG + kind for kind in ("null", "bool", "int", "float"))


def read_yaml(text: str) -> Node:
    """One document. Raises Refused with the line, as `line 3: ...`."""
    if len(text) > LARGEST_BYTES:
        raise Refused(f"line 1: the file is larger than {LARGEST_BYTES // 1_000_000} MB")
    try:
        return _Builder(text).build()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Refused(f"line {line}: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise Refused(f"line 1: {' '.join(str(error).split())}") from error


class _Builder:
    """Walks the events of one document."""

    def __init__(self, text: str) -> None:
        self.loader = LOADER(text)

    def build(self) -> Node:
        """The root of the only document."""
        try:
            self.loader.get_event()  # the stream's start
            start = self.loader.get_event()
            if isinstance(start, yaml.StreamEndEvent):
                raise Refused("line 1: the file is empty")
            root = self.node(self.loader.get_event(), 1)
            self.loader.get_event()  # the document's end
            more = self.loader.get_event()
            if not isinstance(more, yaml.StreamEndEvent):
                raise _refused(more, "one document a file")
            return root
        finally:
            self.loader.dispose()

    def node(self, event: Any, depth: int) -> Node:
        """The value that begins with this event."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _refused(event, "anchors and aliases are not allowed")
        if event.tag is not None and event.tag != "!":
            raise _refused(event, "tags are not allowed")
        if depth > DEEPEST:
            raise _refused(event, f"nested more than {DEEPEST} deep")
        if isinstance(event, yaml.ScalarEvent):
            return Node(self.scalar(event), line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self.sequence(depth), line)
        return Node(self.mapping(depth), line)

    def scalar(self, event: Any) -> Scalar:
        """Null, true/false, a number or a text."""
        tag = self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag not in PLAIN:
            return str(event.value)
        try:
            found: Scalar = self.loader.construct_object(yaml.ScalarNode(tag, event.value))
        except (ValueError, OverflowError) as error:
            raise _refused(event, f"{event.value[:40]!r} is no value") from error
        return found

    def sequence(self, depth: int) -> list[Node]:
        """The items up to the list's end."""
        items = []
        while not isinstance(event := self.loader.get_event(), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return items

    def mapping(self, depth: int) -> dict[str, Node]:
        """Keys and values up to the mapping's end."""
        found: dict[str, Node] = {}
        while not isinstance(event := self.loader.get_event(), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if isinstance(key.value, (dict, list)):
                raise _refused(event, "a key must be a word")
            name = str(key.value)
            if name in found:
                raise _refused(event, f"the key {name!r} is there twice")
            value = self.node(self.loader.get_event(), depth + 1)
            # The value's own line says where; an empty value stands on its key's line.
            found[name] = value if value.value is not None else Node(None, key.line)
        return found


def _refused(event: Any, words: str) -> Refused:
    return Refused(f"line {event.start_mark.line + 1}: {words}")
