"""The subscribers: who is on the list and with which proof, entering one, taking one off, and the lists as files."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.mailer.labels import DELIVERY_LABELS
from dordt.mailer.models import Delivery
from dordt.newsletters.sending import audience
from dordt.places import services as places
from dordt.shared import clock, tables
from dordt.shared.formats import dutch_number
from dordt.shared.forms import require_csrf
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import count, page, row_or_404, rows
from dordt.shared.tables import Cell, Kind, csv_stream, table_download
from dordt.staff import pages
from dordt.staff.access import may, member
from dordt.staff.subscribers import NUMBER, bp
from dordt.staff.subscribers.forms import EnterForm, UnsubscribeForm
from dordt.subscribers import emails, services
from dordt.subscribers.fields import field_choices, shown_fields
from dordt.subscribers.labels import METHOD_LABELS, REASON_LABELS, STATE_LABELS, WAY_LABELS
from dordt.subscribers.models import Subscriber, SubscriberState, Unsubscription
from dordt.subscribers.services import exports
from dordt.subscribers.services.exports import proof_count
from dordt.subscribers.services.staff_entry import EntryOutcome, enter_subscriber

DELIVERIES_SHOWN = 20
ENTRY_MESSAGES = {
    EntryOutcome.ADDED: ("ok", "Deze abonnee staat op de lijst en krijgt een e-mail die dat zegt."),
    EntryOutcome.KNOWN: ("info", "Dit adres stond al op de lijst. Er is niets veranderd."),
    EntryOutcome.ASKED: (
        "warning",
        "Deze abonnee meldde zich eerder af. Wij zetten niemand terug. "
        "Er gaat nu een e-mail naar dit adres met de vraag of de nieuwsbrief weer mag komen.",
    ),
    EntryOutcome.ASKED_ALREADY: (
        "warning",
        "Deze abonnee meldde zich eerder af. Het afgelopen uur ging er al een e-mail naar dit adres met de vraag "
        "of de nieuwsbrief weer mag komen.",
    ),
}
TOO_LONG = (
    f"Deze lijst heeft meer dan {dutch_number(tables.MOST_IN_ODS)} regels. Een ODS-bestand maken duurt dan te lang. "
    "Kies CSV. Dat opent u ook in LibreOffice en Excel."
)


@bp.get("/")
def index() -> ResponseReturnValue:
    """Everybody on the list; filters stand in the address, the search in the session."""
    chosen, search = chosen_filters(), kept_search()
    query = filtered(chosen, search).options(sa.orm.selectinload(Subscriber.neighbourhoods))
    return render_template(
        "staff/subscribers/index.html",
        page=page(query, request.args.get("pagina")),
        counts=services.counts(),
        chosen=chosen,
        search=search,
        state_labels=STATE_LABELS,
        neighbourhoods=places.neighbourhood_choices(),
        ods_limit=tables.MOST_IN_ODS,
        proof_count=proof_count() if may(Right.EXPORT) else 0,
    )


@bp.post("/zoeken/")
def search() -> ResponseReturnValue:
    """Keep what is searched for in the session: an address belongs in no URL."""
    pages.keep("subscribers")
    status, wijk = request.args.get("status"), request.args.get("wijk")
    return redirect(url_for(".index", status=status, wijk=wijk), code=303)


def chosen_filters() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("status", "wijk")}


def kept_search() -> str:
    """What is searched for, by who may see addresses."""
    return pages.kept("subscribers") if may(Right.SEE_CONTACT_DETAILS) else ""


def filtered(chosen: dict[str, str], search: str) -> "sa.Select[Subscriber]":
    """The list that belongs to the filters; a status that does not exist filters nothing."""
    states = [state for state in SubscriberState if state == chosen["status"]]
    return Subscriber.matching(*states, neighbourhood=chosen["wijk"], search=search)


@bp.route("/nieuw/", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """The form; what came of it stands on the page of the subscriber."""
    at = clock.now()
    form = EnterForm(field_choices(), at=at)
    if form.validate_on_submit():
        outcome, number = enter_subscriber(form.entry(), by=member(), at=at)
        category, message = ENTRY_MESSAGES[outcome]
        flash(message, category)
        return redirect(url_for(".show", subscriber_id=number), code=303)
    return render_template("staff/subscribers/enter.html", form=form), form.status


@bp.get(f"/{NUMBER}/")
def show(subscriber_id: int) -> ResponseReturnValue:
    """One subscriber: the choices, the proof of consent, and what was sent."""
    row_or_404(Subscriber.numbered(subscriber_id))
    audit.record_reading(member().id, subject=("subscriber", subscriber_id), at=clock.now())
    return _shown(subscriber_id, UnsubscribeForm())


@bp.post(f"/{NUMBER}/afmelden/")
def unsubscribe(subscriber_id: int) -> ResponseReturnValue:
    row_or_404(Subscriber.numbered(subscriber_id))
    form = UnsubscribeForm()
    if form.validate_on_submit():
        services.unsubscribe_for(subscriber_id, form.reason.data, by=member(), at=clock.now())
        flash("Deze abonnee is afgemeld en krijgt geen nieuwsbrief meer.", "ok")
        return redirect(url_for(".show", subscriber_id=subscriber_id), code=303)
    return _shown(subscriber_id, form)


def _shown(subscriber_id: int, form: UnsubscribeForm) -> ResponseReturnValue:
    subscriber = row_or_404(Subscriber.numbered(subscriber_id))
    template = render_template(
        "staff/subscribers/show.html",
        subscriber=subscriber,
        fields=shown_fields(subscriber),
        form=form,
        proofs=exports.proofs_of(subscriber),
        elsewhere=exports.ELSEWHERE,
        departure=next(iter(rows(Unsubscription.last_of(subscriber_id))), None),
        is_suppressed=bool(count(audience.suppressed(Subscriber.numbered(subscriber_id)))),
        deliveries=rows(Delivery.about_newsletter(subscriber.email_key, emails.NAMES).limit(DELIVERIES_SHOWN)),
        state_labels=STATE_LABELS,
        method_labels=METHOD_LABELS,
        delivery_labels=DELIVERY_LABELS,
        way_labels=WAY_LABELS,
        reason_labels=REASON_LABELS,
    )
    return template, form.status


@bp.post("/exporteren/")
def export() -> Response:
    """The list as it is filtered now, in the columns that an import takes."""
    require_csrf()
    people = filtered(chosen_filters(), kept_search())
    kind = _kind(count(people))
    return _file(exports.LIST_HEADERS, exports.exported(people, by=member(), at=clock.now()), kind, "abonnees")


@bp.post("/bewijs/")
def export_proof() -> Response:
    """Every act of consent of everybody who is or was on the list."""
    require_csrf()
    kind = _kind(exports.proof_count())
    return _file(exports.PROOF_HEADERS, exports.all_proof_taken(by=member(), at=clock.now()), kind, "toestemming")


@bp.get(f"/{NUMBER}/bewijs/")
def proof(subscriber_id: int) -> ResponseReturnValue:
    """The proof of one subscriber as a page to print; reading it is noted."""
    row_or_404(Subscriber.numbered(subscriber_id))
    audit.record_reading(member().id, subject=("subscriber", subscriber_id), at=clock.now())
    subscriber = row_or_404(Subscriber.numbered(subscriber_id))
    return render_template(
        "staff/subscribers/proof.html",
        subscriber=subscriber,
        proofs=exports.proofs_of(subscriber),
        elsewhere=exports.ELSEWHERE,
        method_labels=METHOD_LABELS,
        at=clock.now(),
    )


@bp.post(f"/{NUMBER}/bewijs/")
def take_proof(subscriber_id: int) -> Response:
    require_csrf()
    subscriber = row_or_404(Subscriber.numbered(subscriber_id))
    found = exports.proof_taken(subscriber, by=member(), at=clock.now())
    return _file(exports.PROOF_HEADERS, found, "csv", f"toestemming-{subscriber_id}")


def _kind(rows: int) -> Kind:
    """The kind of the button that was pressed. Raises NotAllowed for a spreadsheet that would take too long."""
    if request.form.get("soort") != "ods":
        return "csv"
    if rows > tables.MOST_IN_ODS:
        raise NotAllowed(TOO_LONG)
    return "ods"


def _file(headers: Sequence[str], rows: Iterable[Sequence[Cell]], kind: Kind, name: str) -> Response:
    return (
        table_download(headers, rows, kind=kind, name=name) if kind == "ods" else csv_stream(headers, rows, name=name)
    )
