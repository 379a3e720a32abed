"""Every table, imported in one place so that migrations and tests see them all."""

from dordt.accounts import models as accounts
from dordt.audit import models as audit
from dordt.consent import models as consent
from dordt.contact import models as contact
from dordt.drafts import models as drafts
from dordt.mailer import models as mailer
from dordt.media import models as media
from dordt.news import models as news
from dordt.newsletters import models as newsletters
from dordt.places import models as places
from dordt.subscribers import models as subscriber_imports
from dordt.subscribers import models as subscribers
from dordt.throttling import models as throttling
from dordt.workgroups import models as workgroups

__all__ = [
    "accounts",
    "audit",
    "consent",
    "contact",
    "drafts",
    "mailer",
    "media",
    "news",
    "newsletters",
    "places",
    "subscriber_imports",
    "subscribers",
    "throttling",
    "workgroups",
]
