"""The part of a page that refreshes itself: live values of a rack or of equipment."""

from flask import render_template

from facilities.accounts.permissions import Permission
from facilities.hosting.live_groups import grouped
from facilities.readings import ObjectRef
from facilities.web.house import house, viewer


def live_part(ref: ObjectRef, url: str) -> str:
    """Markup of every live value bound to an object; `url` serves the same part again."""
    if not viewer().may(Permission.READINGS_VIEW):
        return ""
    values = house().readings.latest([ref]).get(ref, ())
    return render_template("hosting/live.html", groups=grouped(values), url=url, ref=ref)
