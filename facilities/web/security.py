"""Security headers, CSRF and hosts. No inline script or style is ever needed."""

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from facilities.web.work import SAFE_METHODS, request_id

POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CACHEABLE = frozenset({"static"})

csrf = CSRFProtect()


def install(app: Flask, *, https: bool) -> None:
    """Headers on every answer; CSRF on every unsafe request that rides on a cookie."""
    csrf.init_app(app)
    app.before_request(_check_csrf)
    app.after_request(lambda response: _harden(response, https=https))


def bearer() -> str | None:
    """The API token of this request, or None."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" and value.strip() else None


def _check_csrf() -> None:
    # A token in a header is never sent by a browser on its own, so it needs no CSRF token.
    if request.method not in SAFE_METHODS and bearer() is None:
        csrf.protect()


def _harden(response: Response, *, https: bool) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = request_id()
    if https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint not in CACHEABLE and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if request.endpoint else "no-cache"
    return response
