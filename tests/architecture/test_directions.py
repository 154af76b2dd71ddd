"""The import directions of design.md section 3, on our tree and on small trees that break them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.architecture import directions
from tests.architecture.source import Module, load

Check = Callable[[dict[str, Module]], list[str]]
CHECKS: tuple[Check, ...] = (
    directions.unknown_parts,
    directions.upward,
    directions.telemetry_alone,
    directions.telemetry_known,
    directions.one_place,
    directions.hidden,
    directions.cycles,
    directions.impure_rules,
    directions.dead_adapters,
)


@pytest.fixture(scope="module")
def ours() -> dict[str, Module]:
    """The modules of this checkout."""
    return load()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_our_tree_obeys(check: Check, ours: dict[str, Module]) -> None:
    problems = check(ours)
    assert not problems, "\n".join(problems)


def test_our_tree_is_not_empty(ours: dict[str, Module]) -> None:
    assert {"facilities.errors", "telemetry.sample", "tools.lock"} <= set(ours)


#: A check, a tree that it must refuse, and a word of the refusal.
BAD: tuple[tuple[Check, Mapping[str, str], str], ...] = (
    (directions.unknown_parts, {"facilities/kitchen/sink.py": ""}, "kitchen"),
    (
        directions.upward,
        {"facilities/power/service.py": "from facilities.shipping import service"},
        "power is below shipping",
    ),
    (
        directions.upward,
        {"facilities/hosting/views.py": "from ..power.models import Panel"},
        "hosting is below power",
    ),
    (directions.upward, {"facilities/db.py": "import facilities.accounts.models"}, "accounts"),
    (directions.upward, {"facilities/demo/seed.py": "from facilities.app import x"}, "app"),
    (
        directions.telemetry_alone,
        {"telemetry/poller.py": "from facilities.errors import Refused"},
        "runs without",
    ),
    (directions.telemetry_alone, {"telemetry/stores/base.py": "import sqlalchemy.orm"}, "sql"),
    (
        directions.telemetry_known,
        {"facilities/power/service.py": "from telemetry.sample import Sample"},
        "power must not",
    ),
    (
        directions.telemetry_known,
        {"facilities/alarms/judge.py": "from telemetry.sample import _secret"},
        "private",
    ),
    (
        directions.one_place,
        {"telemetry/a.py": "import pymodbus", "telemetry/b.py": "from pymodbus.pdu import X"},
        "telemetry.a and telemetry.b",
    ),
    (directions.hidden, {"telemetry/a.py": "def f():\n    if 1:\n        import json"}, "line 3"),
    (
        directions.hidden,
        {"telemetry/a.py": "class A:\n    async def f(self):\n        from os import path"},
        "os.path",
    ),
    (
        directions.cycles,
        {
            "telemetry/__init__.py": "",
            "telemetry/a.py": "from telemetry.b import x",
            "telemetry/b.py": "from telemetry import c",
            "telemetry/c.py": "import telemetry.a",
        },
        "cycle",
    ),
    (
        directions.impure_rules,
        {"facilities/power/failover.py": "from sqlalchemy import select"},
        "pure",
    ),
    (
        directions.impure_rules,
        {
            "facilities/power/models.py": "",
            "facilities/power/failover.py": "from facilities.power.models import Node",
        },
        "pure",
    ),
    (directions.impure_rules, {"facilities/power/lock.py": "import time"}, "time"),
    (
        directions.impure_rules,
        {"facilities/shipping/late.py": "import datetime\nx = datetime.datetime.now(None)"},
        "clock",
    ),
    (
        directions.impure_rules,
        {"facilities/monitoring/spark.py": '"""A line. Pure."""\nimport flask'},
        "pure",
    ),
    (directions.dead_adapters, {"facilities/accounts/other.py": ""}, "gone"),
)


def tree(root: Path, files: Mapping[str, str]) -> dict[str, Module]:
    """A tree of source files under `root`, as modules."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return load(root)


@pytest.mark.parametrize(("check", "files", "word"), BAD)
def test_a_bad_tree_is_refused(
    tmp_path: Path, check: Check, files: Mapping[str, str], word: str
) -> None:
    problems = check(tree(tmp_path, files))
    assert problems
    assert word in problems[0]


GOOD: tuple[tuple[Check, Mapping[str, str]], ...] = (
    (
        directions.impure_rules,
        {
            "facilities/errors.py": "",
            "facilities/hosting/cells.py": "import math",
            "facilities/power/failover.py": (
                "import numpy as np\nfrom datetime import datetime\n"
                "from facilities.errors import Refused\nfrom facilities.hosting.cells import f"
            ),
            "facilities/power/panel_service.py": "from sqlalchemy import select",
            "facilities/power/service_locks.py": "import flask",
            "facilities/monitoring/bound.py": "import sqlalchemy",
        },
    ),
    (directions.upward, {"facilities/shipping/service.py": "from facilities.power import service"}),
    (directions.telemetry_known, {"facilities/alarms/judge.py": "from telemetry.sample import S"}),
    (
        directions.cycles,
        {
            "telemetry/a.py": "import typing\nif typing.TYPE_CHECKING:\n    import telemetry.b",
            "telemetry/b.py": "import telemetry.a",
        },
    ),
    (
        directions.hidden,
        {"telemetry/a.py": "try:\n    import json\nexcept ImportError:\n    json = 1"},
    ),
)


@pytest.mark.parametrize(("check", "files"), GOOD)
def test_a_good_tree_is_left_alone(tmp_path: Path, check: Check, files: Mapping[str, str]) -> None:
    assert check(tree(tmp_path, files)) == []
