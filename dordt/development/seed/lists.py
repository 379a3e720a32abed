"""Lists with subscribers that staff brought in: one that was imported, and one that waits to be looked at."""

import threading
from datetime import datetime, timedelta

from dordt.development.seed.basics import member
from dordt.subscribers.imports import services as imports

BY = "m.terpstra@voorbeeld.nl"
FAIR = """E-mailadres;Wijken;Thema's;Datum;Bron
hendrika.pols@voorbeeld.nl;Sterrenburg;;14-6-2025;Kraam op het wijkfeest
jamal.bouali@voorbeeld.nl;Oud-Krispijn;;14-6-2025;Kraam op het wijkfeest
truus.van.wijngaarden;Dubbeldam;;14-6-2025;Kraam op het wijkfeest
wim.hoogland@voorbeeld.nl;Zwijndrecht;;14-6-2025;Kraam op het wijkfeest
sanne.lodder@voorbeeld.nl;Dubbeldam;;14-6-2025;
"""
MARKET = """Naam;E-mail;Wijk
A. Kuipers;arie.kuipers@voorbeeld.nl;Stadspolders
M. de Haas;mieke.dehaas@voorbeeld.nl;Binnenstad
"""


def add_lists(*, at: datetime) -> None:
    """Through the same services as in the staff room."""
    by = member(BY)
    then = at - timedelta(days=12)
    number = imports.keep_file("wijkfeest.csv", FAIR.encode(), by=by, at=then)
    columns = {"email": 0, "neighbourhoods": 1, "topics": 2, "consent_at": 3, "consent_source": 4}
    imports.start_import(number, imports.ImportChoice(columns, source="", given_at=None), by=by, at=then)
    imports.import_waiting(threading.Event(), now=lambda: then)
    imports.keep_file("markt.csv", MARKET.encode(), by=by, at=at)
