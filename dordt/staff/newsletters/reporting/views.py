"""What became of a newsletter, what leavers wrote, and how newsletters and the list go; also as files."""

from typing import cast

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.models import Mail
from dordt.newsletters.labels import STATE_LABELS
from dordt.newsletters.models import Newsletter
from dordt.newsletters.reporting import services
from dordt.newsletters.reporting.services import compared, remarks_after, started
from dordt.shared import clock, tables
from dordt.shared.forms import require_csrf
from dordt.shared.reading import page, row_or_404
from dordt.shared.tables import Kind, csv_stream, table_download
from dordt.staff.access import is_open, may, member
from dordt.staff.newsletters.blueprint import NUMBER, bp
from dordt.staff.newsletters.labels import CAUSE_LABELS, STATE_EXPLANATIONS, duration
from dordt.staff.newsletters.reporting import growth
from dordt.staff.newsletters.reporting.report import HEADERS, figures, report_of
from dordt.subscribers.labels import REASON_LABELS, WAY_LABELS

COMPARED = 12


@bp.get(f"/{NUMBER}/verslag/")
def report(number: int) -> ResponseReturnValue:
    """What became of it, for whoever it was frozen for; nothing about single subscribers."""
    newsletter, mail = _reported(number)
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


@bp.get(f"/{NUMBER}/verslag/opmerkingen/")
def remarks(number: int) -> ResponseReturnValue:
    """What leavers wrote: their own words, so it is noted who reads them."""
    if not is_open("staff.subscribers"):
        abort(403)
    newsletter, _mail = _reported(number)
    audit.record_reading(member().id, subject=("newsletter", newsletter.id), at=clock.now())
    newsletter, mail = _reported(number)
    return render_template(
        "staff/newsletters/report_remarks.html",
        newsletter=newsletter,
        page=page(remarks_after(mail.id), request.args.get("pagina")),
        reason_labels=REASON_LABELS,
        way_labels=WAY_LABELS,
    )


@bp.get(f"/{NUMBER}/verslag/bestand.csv", defaults={"kind": "csv"})
@bp.get(f"/{NUMBER}/verslag/bestand.ods", defaults={"kind": "ods"})
def report_file(number: int, kind: Kind) -> ResponseReturnValue:
    """The numbers of the report, and nobody's address."""
    newsletter, mail = _reported(number)
    found = report_of(newsletter, mail, at=clock.now())
    name = f"verslag-nieuwsbrief-{number}"
    return table_download(HEADERS, figures(found), kind=kind, name=name)


@bp.post(f"/{NUMBER}/verslag/abonnees/")
def report_deliveries(number: int) -> ResponseReturnValue:
    """What became of it for each subscriber, with addresses; it is noted who takes it."""
    require_csrf()
    newsletter, _mail = _reported(number)
    kind: Kind = "ods" if request.form.get("soort") == "ods" else "csv"
    mail_id = services.begin_export(newsletter, kind, by=member(), at=clock.now())
    name = f"nieuwsbrief-{number}-per-abonnee"
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


def _reported(number: int) -> tuple[Newsletter, Mail]:
    """A newsletter that was started, and its mail; the page 404 for any other."""
    newsletter = row_or_404(started().where(Newsletter.number == number))
    return newsletter, cast(Mail, newsletter.mail)


def _chosen_period() -> str:
    chosen = request.args.get("periode", "")
    return chosen if chosen in growth.PERIODS else growth.DEFAULT
