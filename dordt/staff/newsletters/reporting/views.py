"""What became of a newsletter, what leavers wrote, and how newsletters and the list go; also as files."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.models import DeliveryState, Mail
from dordt.mailer.suppression.bounces import FailureCause, failure_causes
from dordt.newsletters.labels import STATE_LABELS
from dordt.newsletters.models import Newsletter
from dordt.newsletters.reporting import services
from dordt.newsletters.reporting.services import Leavers, Tally, compared, remarks_after, started
from dordt.shared import clock, tables
from dordt.shared.forms import require_csrf
from dordt.shared.reading import page, row_or_404
from dordt.shared.tables import Cell, Kind, csv_stream, table_download
from dordt.staff.access import is_open, may, member
from dordt.staff.newsletters import NEWSLETTER, bp, labels
from dordt.staff.newsletters.labels import CAUSE_LABELS, RECIPIENT_LABELS, STATE_EXPLANATIONS, duration
from dordt.staff.newsletters.reporting import growth
from dordt.staff.newsletters.sending.progress import Progress
from dordt.subscribers.labels import REASON_LABELS, WAY_LABELS

COMPARED = 12
HEADERS = ("Onderdeel", "Wat", "Aantal", "Deel van het geheel (%)")
State = DeliveryState


@bp.get(f"/{NEWSLETTER}/verslag/")
def report(newsletter_id: int) -> ResponseReturnValue:
    """What became of it, for whoever it was frozen for; nothing about single subscribers."""
    newsletter, mail = _reported(newsletter_id)
    found = report_of(newsletter, mail, at=clock.now())
    return render_template(
        "staff/newsletters/report.html",
        newsletter=newsletter,
        report=found,
        took=duration(found.took) if found.took else "",
        explanations=STATE_EXPLANATIONS,
        cause_labels=CAUSE_LABELS,
        delivery_labels=DELIVERY_LABELS,
        state_labels=STATE_LABELS,
        post_is_open=is_open("staff.post"),
        may_read_remarks=may(Right.SEE_CONTACT_DETAILS) and is_open("staff.subscribers"),
        has_ods=mail.frozen_count <= tables.MOST_IN_ODS,
    )


@bp.get(f"/{NEWSLETTER}/verslag/opmerkingen/")
def remarks(newsletter_id: int) -> ResponseReturnValue:
    """What leavers wrote: their own words, so it is noted who reads them."""
    if not is_open("staff.subscribers"):
        abort(403)
    newsletter, _mail = _reported(newsletter_id)
    audit.record_reading(member().id, subject=("newsletter", newsletter.id), at=clock.now())
    newsletter, mail = _reported(newsletter_id)
    return render_template(
        "staff/newsletters/report_remarks.html",
        newsletter=newsletter,
        page=page(remarks_after(mail.id), request.args.get("pagina")),
        reason_labels=REASON_LABELS,
        way_labels=WAY_LABELS,
    )


@bp.get(f"/{NEWSLETTER}/verslag/bestand.csv", defaults={"kind": "csv"})
@bp.get(f"/{NEWSLETTER}/verslag/bestand.ods", defaults={"kind": "ods"})
def report_file(newsletter_id: int, kind: Kind) -> ResponseReturnValue:
    """The numbers of the report, and nobody's address."""
    newsletter, mail = _reported(newsletter_id)
    found = report_of(newsletter, mail, at=clock.now())
    name = f"verslag-nieuwsbrief-{newsletter.number}"
    return table_download(HEADERS, figures(found), kind=kind, name=name)


@bp.post(f"/{NEWSLETTER}/verslag/abonnees/")
def report_deliveries(newsletter_id: int) -> ResponseReturnValue:
    """What became of it for each subscriber, with addresses; it is noted who takes it."""
    require_csrf()
    newsletter, _mail = _reported(newsletter_id)
    kind: Kind = "ods" if request.form.get("soort") == "ods" else "csv"
    mail_id = services.begin_export(newsletter, kind, by=member(), at=clock.now())
    name = f"nieuwsbrief-{newsletter.number}-per-abonnee"
    if kind == "ods":
        return table_download(services.HEADERS, services.rows_of(mail_id), kind=kind, name=name)
    return csv_stream(services.HEADERS, services.rows_of(mail_id), name=name)


@bp.get("/verslag/")
def overview() -> ResponseReturnValue:
    """How the list grows, and the newest newsletters side by side."""
    chosen = _chosen_period()
    return render_template(
        "staff/newsletters/report_overview.html",
        growth=growth.growth_of(growth.PERIODS[chosen], at=clock.now()),
        periods=growth.PERIODS,
        chosen=chosen,
        compared=compared(COMPARED),
        state_labels=STATE_LABELS,
        subscribers_are_open=is_open("staff.subscribers"),
    )


@bp.get("/verslag/bestand.csv", defaults={"kind": "csv"})
@bp.get("/verslag/bestand.ods", defaults={"kind": "ods"})
def overview_file(kind: Kind) -> ResponseReturnValue:
    """The growth of the list as a table."""
    found = growth.growth_of(growth.PERIODS[_chosen_period()], at=clock.now())
    return table_download(growth.HEADERS, found.rows, kind=kind, name="groei-abonnees")


def _reported(newsletter_id: int) -> tuple[Newsletter, Mail]:
    """A newsletter that was started, and its mail; the page 404 for any other."""
    newsletter = row_or_404(started().where(Newsletter.id == newsletter_id))
    return newsletter, cast(Mail, newsletter.mail)


def _chosen_period() -> str:
    chosen = request.args.get("periode", "")
    return chosen if chosen in growth.PERIODS else growth.DEFAULT


@dataclass(frozen=True)
class Report:
    """`left_out`: by the words of the reason. `causes`: why mails failed, and why they bounced."""

    newsletter: Newsletter
    tally: Tally
    left_out: Mapping[str, int]
    causes: Mapping[DeliveryState, Counter[FailureCause]]
    leavers: Leavers
    at: datetime

    @property
    def progress(self) -> Progress:
        """Its bar, and a line for each state that occurs."""
        return Progress(self.tally.frozen, self.tally.counts, sum(self.left_out.values()), self.at)

    @property
    def matching(self) -> int:
        """How many it would have gone to, had nobody been left out."""
        return self.tally.frozen + sum(self.left_out.values())

    @property
    def took(self) -> timedelta | None:
        """From the start until nothing was left to send."""
        started, ended = self.newsletter.started_at, self.newsletter.sent_at
        return ended - started if started and ended else None

    @property
    def rate(self) -> str:
        """How fast they left, waits included."""
        left = (State.ACCEPTED, State.BOUNCED, State.COMPLAINED, State.FAILED, State.UNCERTAIN)
        count = sum(self.tally.counts.get(state, 0) for state in left)
        return labels.rate(count, self.took) if self.took else ""

    @property
    def summary(self) -> str:
        """The bar in words."""
        total = self.tally.frozen
        parts = [f"{line.label}: {line.count} van de {total}" for line in self.progress.lines]
        return ". ".join(parts) + "." if parts else "Er is niets verstuurd."

    @property
    def reasons(self) -> dict[str, int]:
        """Why leavers left, in their own words; who said nothing at the end."""
        found = {words: self.leavers.reasons.get(reason, 0) for reason, words in REASON_LABELS.items()}
        found[labels.NO_REASON] = self.leavers.reasons.get(None, 0)
        return {words: count for words, count in found.items() if count}

    @property
    def ways(self) -> dict[str, int]:
        """How they left."""
        found = {words: self.leavers.ways.get(way, 0) for way, words in WAY_LABELS.items()}
        return {words: count for words, count in found.items() if count}


def report_of(newsletter: Newsletter, mail: Mail, *, at: datetime) -> Report:
    left_out = services.left_out(newsletter, mail)
    return Report(
        newsletter,
        services.tally_of(newsletter, mail),
        {RECIPIENT_LABELS.get(reason, "Om een andere reden"): count for reason, count in left_out.items()},  # type: ignore[call-overload]
        failure_causes(mail.id),
        services.leavers_after(mail.id),
        at,
    )


def figures(found: Report) -> Iterator[Sequence[Cell]]:
    """The rows of the table that can be downloaded."""
    yield from _part("Vooraf overgeslagen", found.left_out, found.matching)
    yield ("Aan het begin", "Abonnees voor wie hij is klaargezet", found.tally.frozen, None)
    counts = {words: found.tally.counts.get(state, 0) for state, words in DELIVERY_LABELS.items()}
    yield from _part("Wat werd ervan", counts, found.tally.frozen)
    yield ("Wat werd ervan", "Samen", found.tally.total, None)
    for state, why in found.causes.items():
        reasons = {labels.CAUSE_LABELS[cause]: count for cause, count in why.items()}
        yield from _part(f"Waarom: {DELIVERY_LABELS[state].lower()}", reasons, why.total())
    yield ("Afmeldingen", "Samen", found.leavers.total, None)
    yield from _part("Afmeldingen: reden", found.reasons, found.leavers.total)
    yield from _part("Afmeldingen: manier", found.ways, found.leavers.total)


def _part(name: str, counts: Mapping[str, int], total: int) -> Iterator[Sequence[Cell]]:
    for words, count in counts.items():
        yield (name, words, count, round(100 * count / total, 1) if total else None)
