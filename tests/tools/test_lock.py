"""A lock that does not follow pyproject.toml is told; the ones of this checkout follow it."""

from typing import Any

import pytest

from tools.lock import LOCKS, Lock, faults, header, main

PYPROJECT: dict[str, Any] = {
    "project": {
        "requires-python": ">=3.11",
        "dependencies": ["Flask-Login>=0.6", "numpy>=2"],
        "optional-dependencies": {"test": ["pytest>=9"]},
    },
    "dependency-groups": {"node": ["npm-wheel>=1"]},
}
RUN, TEST = Lock("run"), Lock("test", extra="test")
PINS = (
    "flask-login==0.6.3 \\\n    --hash=sha256:aa\n"
    "numpy==2.4 ; python_full_version < '3.12' \\\n    --hash=sha256:bb\n"
    "numpy==2.5 ; python_full_version >= '3.12' \\\n    --hash=sha256:cc\n"
)


def test_the_locks_of_this_checkout_are_fresh() -> None:
    main(["--check"])


def test_a_lock_with_every_name_and_hash_is_fresh() -> None:
    assert faults(RUN, PYPROJECT, header(RUN, PYPROJECT) + PINS) == []


@pytest.mark.parametrize(
    ("lock", "text", "words"),
    [
        (RUN, "", "older than pyproject.toml"),
        (RUN, header(TEST, PYPROJECT) + PINS, "older than pyproject.toml"),
        (TEST, header(TEST, PYPROJECT) + PINS, "test.txt lacks pytest"),
        (RUN, header(RUN, PYPROJECT) + PINS.replace("--hash=", ""), "without a hash"),
        (RUN, header(RUN, PYPROJECT) + "-i https://example.net\n" + PINS, "holds an address"),
    ],
)
def test_a_lock_that_does_not_follow_is_told(lock: Lock, text: str, words: str) -> None:
    problems = faults(lock, PYPROJECT, text)
    assert len(problems) == 1
    assert words in problems[0]
    assert problems[0].endswith("run `make lock`")


def test_a_changed_requirement_makes_a_lock_old() -> None:
    made = header(RUN, PYPROJECT) + PINS
    changed = PYPROJECT | {"project": PYPROJECT["project"] | {"dependencies": ["numpy>=3"]}}
    assert faults(RUN, changed, made) == [
        "requirements/run.txt is older than pyproject.toml: run `make lock`"
    ]


def test_what_follows_comes_after_what_it_follows() -> None:
    names = [lock.name for lock in LOCKS]
    follows = [(lock.name, lock.follows) for lock in LOCKS if lock.follows]
    assert follows == [("test", "run"), ("optional", "test")]
    assert all(names.index(first) < names.index(then) for then, first in follows)
