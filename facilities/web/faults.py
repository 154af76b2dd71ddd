"""Errors become pages or JSON here and nowhere else."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from facilities.errors import (
    Conflict,
    Forbidden,
    NotFound,
    RackhouseError,
    Refused,
    TooMany,
    Unavailable,
)
from facilities.web.work import request_id

log = structlog.get_logger()

STATUS: dict[type[RackhouseError], HTTPStatus] = {
    Refused: HTTPStatus.UNPROCESSABLE_ENTITY,
    Conflict: HTTPStatus.CONFLICT,
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
STALE = "Someone saved this while you were editing. Load it again and repeat your change."
AWAY = "The database is busy or away just now. Nothing was saved; try again in a moment."
BROKEN = "Something broke on our side. Nothing was saved. Note the request id when you report it."


def install(app: Flask) -> None:
    """Put the handlers on the app."""
    app.register_error_handler(RackhouseError, _of_ours)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(StaleDataError, lambda _: answer(HTTPStatus.CONFLICT, STALE))
    app.register_error_handler(
        OperationalError, lambda _: answer(HTTPStatus.SERVICE_UNAVAILABLE, AWAY)
    )
    app.register_error_handler(Exception, _of_nobody)


def wants_json() -> bool:
    """True for the API and for clients that ask for JSON."""
    return request.path.startswith("/api/") or (
        request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    )


def answer(
    status: HTTPStatus, message: str, *, field: str | None = None, rule: str | None = None
) -> ResponseReturnValue:
    """The one shape of an error: JSON for the API, a page for people, a bare part for htmx."""
    facts: dict[str, Any] = {
        "status": status.value,
        "error": status.phrase,
        "message": message,
        "field": field,
        "rule": rule,
        "request_id": request_id(),
    }
    if wants_json():
        return jsonify(facts), status.value
    template = "web/fault_part.html" if request.headers.get("HX-Request") else "web/fault.html"
    return render_template(template, **facts), status.value


def _of_ours(error: RackhouseError) -> ResponseReturnValue:
    status = next(s for kind, s in reversed(STATUS.items()) if isinstance(error, kind))
    field, rule = getattr(error, "field", None), getattr(error, "rule", None)
    response = make_response(answer(status, str(error), field=field, rule=rule))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.wait_s)
    return response


def _of_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.code == HTTPStatus.UNAUTHORIZED and not wants_json():
        back = request.full_path if request.method == "GET" else request.referrer or "/"
        return redirect(url_for("accounts.sign_in", next=back))
    message = error.description or HTTPStatus(error.code).phrase
    if isinstance(error, CSRFError):
        message = "This form was open too long or came from elsewhere. Go back, reload, send again."
    data = getattr(error, "data", None) or {}  # webargs keeps the field errors of the API here
    problems = data.get("messages")
    if problems:
        message = "; ".join(_flat(problems))
    status = HTTPStatus(error.code)
    return answer(status, message, field=_first_field(problems))


def _flat(problems: Any, path: str = "") -> list[str]:
    if isinstance(problems, dict):
        return [line for key, inner in problems.items() for line in _flat(inner, f"{path}.{key}")]
    words = " ".join(problems) if isinstance(problems, list) else str(problems)
    return [f"{path.removeprefix('.json').removeprefix('.query').lstrip('.')}: {words}"]


def _first_field(problems: Any) -> str | None:
    for inner in problems.values() if isinstance(problems, dict) else ():
        if isinstance(inner, dict):
            return str(next(iter(inner)))
    return None


def _of_nobody(error: Exception) -> ResponseReturnValue:
    log.error("request failed", path=request.path, request_id=request_id(), exc_info=error)
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, BROKEN)
