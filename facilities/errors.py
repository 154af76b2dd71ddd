"""The tree of errors of the application; `facilities.web.faults` alone knows their HTTP status.

RackhouseError
├── Refused        a rule says no: names the field, the rule and the way out      422
│   └── Conflict   ... because something else is there, or someone saved first    409
├── NotFound       no such object, or not one this person may know of            404
├── Forbidden      known, but not allowed                                        403
├── TooMany        too often; carries the seconds to wait                        429
└── Unavailable    a part this needs is away just now                            503
"""


class RackhouseError(Exception):
    """Anything the application raises on purpose. `str()` is fit to show to a person."""


class Refused(RackhouseError):
    """A rule said no.

    message: what is wrong with which limit, and the way out, in plain words.
    field:   the form or JSON field it is about, or None for the whole.
    rule:    the rule's id in the domain reference (`SP-05`), or None.
    """

    def __init__(self, message: str, field: str | None = None, rule: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.rule = rule


class Conflict(Refused):
    """Something else is there already, or someone saved first."""


class NotFound(RackhouseError):
    """No such object, or none that this person may know of."""


class Forbidden(RackhouseError):
    """The person is known but not allowed."""


class TooMany(RackhouseError):
    """Asked too often. `wait_s` is how long until the next try is heard."""

    def __init__(self, message: str, wait_s: int) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Unavailable(RackhouseError):
    """The database, the sample store or a device is away just now."""
