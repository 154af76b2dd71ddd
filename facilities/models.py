"""Every area's rows in one place, so that migrations and tests know the whole schema."""

from facilities.accounts import models as accounts
from facilities.files import models as files
from facilities.hosting import models as hosting
from facilities.jobs import models as jobs
from facilities.monitoring import machine
from facilities.monitoring import models as monitoring
from facilities.notify import models as notify
from facilities.parties import models as parties
from facilities.power import models as power
from facilities.shipping import models as shipping
from facilities.shipping import models_custody as custody
from facilities.sites import models as sites
from facilities.web import once

ALL = (
    accounts,
    once,
    parties,
    files,
    notify,
    jobs,
    sites,
    hosting,
    power,
    shipping,
    custody,
    monitoring,
    machine,
)
