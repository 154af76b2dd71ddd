"""The base of every form: CSRF, plain words, refusals put beside the field they name."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError
from wtforms.fields.choices import SelectChoice

from facilities.errors import Refused


class HouseForm(FlaskForm):
    """A form that keeps what was typed and shows each refusal beside its field.

    `version` rides along hidden, so that a service can tell when someone saved first.
    """

    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    @property
    def seen_version(self) -> int | None:
        """The version of the row that the person was editing."""
        text = str(self.version.data or "")
        return int(text) if text.isdigit() else None

    def saved_meanwhile(
        self, row: Any, shown: Mapping[str, Any] | None = None
    ) -> list[tuple[str, Any, Any]]:
        """After a conflict: (label, saved, typed) of every field that differs from the row.

        shown: the row as the form shows it, where that is not the row's own columns. Takes on the
        row's version, so that saving again is a decision and not another conflict.
        """
        self.version.data = str(row.version)
        differing = []
        for name, field in self._fields.items():
            known = hasattr(row, name) if shown is None else name in shown
            if known and name != "version":
                saved = getattr(row, name) if shown is None else shown[name]
                if (saved or None) != (field.data or None):
                    differing.append((field.label.text, saved, field.data))
        return differing

    def refuse(self, refusals: Iterable[Refused]) -> None:
        """Put each refusal beside its field, or on top when it names none of ours."""
        for refusal in refusals:
            field = self._fields.get(refusal.field or "")
            words = f"{refusal.message} [{refusal.rule}]" if refusal.rule else refusal.message
            if field is None or refusal.field == "version":
                self.form_errors.append(words)
            else:
                field.errors = [*field.errors, words]

    @property
    def sent(self) -> bool:
        """True when the form was sent, right or wrong."""
        untyped: Any = self
        return bool(untyped.is_submitted())

    def posted(self) -> bool:
        """True when the form was sent and every field is right by itself."""
        untyped: Any = self
        return bool(untyped.validate_on_submit())


def strip(text: str | None) -> str | None:
    """A WTForms filter: without blanks at the ends; empty becomes None."""
    return (text or "").strip() or None


def choices(pairs: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """What a SelectField offers, from (value, label)."""
    return [SelectChoice(value, label) for value, label in pairs]


def number_between(least: float, most: float, unit: str = "") -> Any:
    """A validator that names the limit: `between 1 and 60 U`."""

    def check(form: Any, field: Any) -> None:
        del form
        if field.data is not None and not least <= field.data <= most:
            raise ValidationError(f"Must be between {least:g} and {most:g} {unit}".strip() + ".")

    return check
