"""What the dock's pages share: the clerk's site, filters, CSV, who signs from where."""

import csv
import io
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request
from flask import session as cookie
from sqlalchemy import select

from facilities.accounts.permit import require
from facilities.errors import Refused
from facilities.shipping.forms import SiteForm
from facilities.shipping.queries import Ask, ask_in
from facilities.shipping.service_dock import AGEING_DAYS
from facilities.sites.models import Site
from facilities.web.forms import choices
from facilities.web.house import house, session, viewer

#: A spreadsheet would run a cell that begins with one of these.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sites_open(permission: str) -> Sequence[Site]:
    """The sites where this person has the permission, by code."""
    allowed, wanted = viewer().sites_for(permission), select(Site).order_by(Site.code)
    if allowed is not None:
        wanted = wanted.where(Site.id.in_(allowed))
    return session().scalars(wanted).all()


def offer_sites(form: SiteForm, permission: str) -> Sequence[Site]:
    """Fill the form's sites; the one chosen last (kept in the cookie) comes first by default."""
    sites = sites_open(permission)
    form.site_id.choices = choices((site.id, f"{site.code} {site.name}") for site in sites)
    if not form.sent:
        last = cookie.get("dock_site")
        form.site_id.data = last if last in {s.id for s in sites} else (sites[0].id if sites else 0)
        form.entry_key.data = uuid.uuid4().hex
    return sites


def chosen_site(form: SiteForm, permission: str) -> int:
    """The site the form was sent for, judged; kept for the next time."""
    site_id = int(form.site_id.data)
    require(permission, site_id)
    cookie["dock_site"] = site_id
    return site_id


def asked(permission: str) -> Ask:
    """The filter of this request, for the viewer's sites."""
    return ask_in(
        request.args,
        sites=viewer().sites_for(permission),
        zone=house().settings.time_zone,
        now=house().clock(),
        ageing_days=AGEING_DAYS,
    )


def device_clock(text: str | None) -> datetime | None:
    """What the device said its clock shows; None when it said nothing or nonsense."""
    try:
        said = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return said.astimezone(UTC) if said.tzinfo is not None else None


def noon(day: date | None) -> datetime | None:
    """A day without an hour, as the moment of noon in the house's time zone."""
    zone = ZoneInfo(house().settings.time_zone)
    return datetime.combine(day, time(12), zone) if day else None


def signer() -> tuple[str | None, str | None]:
    """Address and device of this request, for a signature."""
    return request.remote_addr, request.headers.get("User-Agent")


def as_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A CSV file with a byte order mark, so that spreadsheets read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return "" if value is None else value


def refuse_reason(refusals: Sequence[Refused]) -> str:
    """The refusals of an action in one text."""
    return " ".join(f"{r.message} [{r.rule}]" if r.rule else r.message for r in refusals)
