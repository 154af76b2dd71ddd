"""Strict reading of YAML: every value keeps its line, and what could harm is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.errors import Refused
from facilities.exchange.located import Node, Problem, Reader, plain
from facilities.exchange.service_yaml import read_yaml


def test_values_keep_their_lines() -> None:
    node = read_yaml("# remark\n---\na: 1\nb:\n  - c: x\n    d: true\n")
    assert plain(node) == {"a": 1, "b": [{"c": "x", "d": True}]}
    assert isinstance(node.value, dict)
    assert node.value["a"].line == 3
    assert node.value["b"].line == 5


def test_dates_stay_texts_and_nulls_are_nothing() -> None:
    assert plain(read_yaml("a: 2024-02-30\nb: ~\nc: '7'\n")) == {
        "a": "2024-02-30",
        "b": None,
        "c": "7",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: the file is empty"),
        ("a: 1\na: 2\n", "line 2: the key 'a' is there twice"),
        ("a: &x [1]\nb: *x\n", "line 1: anchors and aliases"),
        ("a: !!python/object:os.system x\n", "line 1: tags are not allowed"),
        ("a: 1\n--- \nb: 2\n", "one document a file"),
        ("[" * 20 + "]" * 20, "nested more than"),
        ("? [1, 2]\n: 3\n", "a key must be a word"),
        ("a: 'open\n", "line 2:"),
        ("a:\n\t- b\n", "line 2:"),
        ("a: \x07", "line 1:"),
        ("x" * 2_000_001, "larger than 2 MB"),
    ],
)
def test_what_could_harm_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_yaml(text)
    assert words in str(refusal.value)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = read_yaml(text)
    except Refused as refusal:
        assert str(refusal).startswith("line ")
    else:
        assert isinstance(node, Node)


def test_every_problem_is_noted_and_not_only_the_first() -> None:
    problems: list[Problem] = []
    read = Reader(read_yaml("a: 5\nb: yes please\nc: 1.3\nd: nan\n"), problems)
    read.text("a", 10)
    read.flag("b")
    read.number("c", 10, step=0.5)
    read.number("d", 10)
    read.text("e", 10, required=True)
    assert [str(problem) for problem in problems] == [
        "line 1: a must be a text; put it in quotes",
        "line 2: b must be true or false",
        "line 3: c is 1.3; it must be a multiple of 0.5",
        "line 4: d must be a number",
        "line 1: e is missing",
    ]


@pytest.mark.parametrize("value", [".inf", "-1", "11"])
def test_a_number_lies_between_its_limits(value: str) -> None:
    problems: list[Problem] = []
    assert Reader(read_yaml(f"a: {value}"), problems).number("a", 10) is None
    assert "between 0 and 10" in problems[0].words
