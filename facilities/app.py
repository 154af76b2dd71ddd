"""`create_app`: the only place that wires blueprints, registries, sign-in and ports."""

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix

from facilities import db
from facilities.accounts import area as accounts
from facilities.accounts import history, login, permit
from facilities.accounts.tidy_service import tidy
from facilities.files import area as files
from facilities.hosting import area as hosting
from facilities.hosting.service_timers import expire_holds
from facilities.jobs.service import JobKind
from facilities.jobs.worker import TimerKind
from facilities.labels import area as labels
from facilities.monitoring import area as monitoring
from facilities.monitoring.autobind_service import bind_new_devices
from facilities.monitoring.ports import open_readings
from facilities.notify.mail import mail_channel
from facilities.notify.service import deliver_due
from facilities.parties import area as parties
from facilities.paths import bundle
from facilities.power import area as power
from facilities.readings import Readings
from facilities.settings import Settings
from facilities.shipping import area as shipping
from facilities.sites import area as sites
from facilities.web import faults, once, page, rest, security, sheets, views
from facilities.web.dispatch import HouseApp
from facilities.web.doors import public
from facilities.web.house import House
from facilities.web.registry import Registries

#: In the order in which they may know each other (design, section 3).
AREAS = (accounts, parties, files, labels, sites, hosting, power, shipping, monitoring)


#: Kinds of long work that the worker can do.
JOBS: dict[str, JobKind] = {}


def timers(settings: Settings) -> list[TimerKind]:
    """What the worker does again and again."""
    known = [TimerKind("tidy", 3600, tidy), TimerKind("bind", 10, bind_new_devices)]
    known.append(TimerKind("holds", 60, expire_holds))
    if settings.smtp_url:
        channels = {"mail": mail_channel(settings.smtp_url, settings.mail_from)}
        known.append(TimerKind("outbox", 5, lambda sessions: deliver_due(sessions, channels)))
    return known


def open_records(settings: Settings) -> sessionmaker[Session]:
    """Sessions on the records, with the history listening; for the web, commands and workers."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    factory = sessionmaker(db.make_engine(settings.records_url), expire_on_commit=False)
    history.install(factory)
    return factory


def registries() -> Registries:
    """What every area shows on the pages of others."""
    filled = Registries()
    for area in AREAS:
        area.register(filled)
    return filled


def create_app(
    settings: Settings,
    sessions: sessionmaker[Session] | None = None,
    readings: Readings | None = None,
) -> Flask:
    """The web application.

    sessions: as from `open_records`, made from the settings when not given.
    readings: the readings port; over the sample store of the settings when not given.
    """
    app = HouseApp(
        __name__, template_folder=str(bundle("templates")), static_folder=str(bundle("static"))
    )
    app.secret_key = settings.signing_key()
    app.config.update(MAX_CONTENT_LENGTH=settings.upload_limit_mb * 1_000_000, **rest.OPENAPI)
    sessions = sessions or open_records(settings)
    app.extensions["rackhouse"] = House(
        settings,
        sessions,
        registries(),
        readings or open_readings(settings, sessions),
        viewer=permit.find_viewer,
    )
    login.install(app, settings)
    security.install(app, https=settings.https)
    page.install(app)
    once.install(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    app.register_blueprint(views.blueprint)
    app.register_blueprint(sheets.blueprint)
    rest.api.init_app(app)
    faults.install(app)  # after flask-smorest, which brings handlers of its own
    for area in AREAS:
        for blueprint in area.blueprints():
            app.register_blueprint(blueprint)
        for blueprint in area.api_blueprints():
            rest.api.register_blueprint(blueprint)
    app.add_url_rule("/favicon.ico", "favicon", _favicon)
    return app


@public
def _favicon() -> ResponseReturnValue:
    return redirect(url_for("static", filename="icon.svg"))
