"""Flask, with the unit of work around every view and a bounded retry when writers collide."""

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from facilities.web.house import house, viewer
from facilities.web.once import answered_once
from facilities.web.work import unit_of_work

TRIES = 3
#: Endpoints that never touch the database.
WITHOUT_RECORDS = frozenset({"static", "web.healthz", "favicon"})


class HouseApp(Flask):
    """Flask, with the unit of work around every view so that error handlers see its failures."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; commit when it returned, roll back when it raised."""
        for attempt in range(1, TRIES + 1):
            try:
                return self._dispatch_once()
            except OperationalError as error:
                if attempt == TRIES or not _collided(error):
                    raise
        raise AssertionError("the loop above returns or raises")

    def _dispatch_once(self) -> ResponseReturnValue:
        if request.endpoint in WITHOUT_RECORDS:
            return super().dispatch_request()
        g.pop("viewer", None)
        with unit_of_work(house()):
            viewer()  # now, so that an error page still knows who looks when the session is gone
            if request.path.startswith("/api/"):
                return answered_once(super().dispatch_request)
            return super().dispatch_request()


def _collided(error: OperationalError) -> bool:
    text = str(error.orig).lower()
    return "database is locked" in text or "deadlock" in text or "could not serialize" in text
