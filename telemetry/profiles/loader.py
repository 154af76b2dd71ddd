"""Finds and reads profiles. Every refusal is a ConfigError whose `where` is `file:line`."""

from pathlib import Path

from telemetry.profiles.model import Profile


def names() -> list[str]:
    """The names of the shipped profiles, sorted."""
    raise NotImplementedError


def shipped(name: str) -> Profile:
    """The shipped profile of that name (cached). ConfigError lists the near names if none."""
    raise NotImplementedError


def load(path: Path) -> Profile:
    """A profile from a file. ConfigError with file and line for anything that is not right."""
    raise NotImplementedError


def find(name_or_path: str) -> Profile:
    """A shipped profile by name, or the file if it names one."""
    raise NotImplementedError
