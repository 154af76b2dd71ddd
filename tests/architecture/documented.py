"""What the code has and the documents must name: settings, commands, profiles, icons."""

import ast
import re
from pathlib import Path

import click

from tests.architecture.source import Module

PREFIX = "RACKHOUSE_"
NAMED = re.compile(r"\bRACKHOUSE_[A-Z0-9_]+\b")
ICON = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")


def settings_fields(settings: Module) -> set[str]:
    """The environment names of the fields of class `Settings`."""
    classes = (node for node in ast.walk(settings.tree) if isinstance(node, ast.ClassDef))
    bodies = (node.body for node in classes if node.name == "Settings")
    return {
        PREFIX + node.target.id.upper()
        for body in bodies
        for node in body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id != "model_config"
    }


def settings_named(modules: dict[str, Module]) -> set[str]:
    """Every RACKHOUSE_ name that a string of the code spells out."""
    strings = (
        node.value
        for module in modules.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {name.rstrip("_") for text in strings for name in NAMED.findall(text)} - {"RACKHOUSE"}


def commands(group: click.Command, path: str) -> list[str]:
    """Every command below `path`, groups not counted: `rackhouse db upgrade`."""
    if not isinstance(group, click.Group):
        return [path]
    below = sorted(group.commands.items())
    return [line for name, command in below for line in commands(command, f"{path} {name}")]


def undocumented(names: set[str] | list[str], text: str) -> list[str]:
    """The names that `text` does not hold as whole words."""
    return sorted(
        name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    )


def icons_used(pages: list[Path]) -> dict[str, str]:
    """Icon names that pages ask for by `icon("name")`, and one page each."""
    return {name: str(page) for page in pages for name in ICON.findall(page.read_text("utf-8"))}
