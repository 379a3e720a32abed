"""The list and the proof of consent as files; each one is a POST, for the log says who took it."""

from collections.abc import Iterable, Sequence

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from dordt.accounts.rights import Right
from dordt.audit import services as audit
from dordt.shared import clock, tables
from dordt.shared.formats import dutch_number
from dordt.shared.forms import require_csrf
from dordt.shared.problems import NotAllowed
from dordt.shared.reading import count, row_or_404
from dordt.shared.tables import Cell, Kind, csv_stream, table_download
from dordt.staff.guard import member, requires
from dordt.staff.subscribers.room import NUMBER, bp
from dordt.staff.subscribers.views.listing import chosen_filters, filtered, kept_search
from dordt.subscribers.labels import METHOD_WORDS
from dordt.subscribers.models import Subscriber
from dordt.subscribers.services import consent_export, list_export

TOO_LONG = (
    f"Deze lijst heeft meer dan {dutch_number(tables.MOST_IN_ODS)} regels. Een ODS-bestand maken duurt dan te lang. "
    "Kies CSV. Dat opent u ook in LibreOffice en Excel."
)


@bp.post("/exporteren/")
@requires(Right.EXPORT)
def export() -> Response:
    """The list as it is filtered now, in the columns that an import takes."""
    require_csrf()
    people = filtered(chosen_filters(), kept_search())
    kind = _kind(count(people))
    return _file(list_export.HEADERS, list_export.exported(people, by=member(), at=clock.now()), kind, "abonnees")


@bp.post("/bewijs/")
@requires(Right.EXPORT)
def export_proof() -> Response:
    """Every act of consent of everybody who is or was on the list."""
    require_csrf()
    kind = _kind(consent_export.proof_count())
    return _file(
        consent_export.HEADERS, consent_export.all_proof_taken(by=member(), at=clock.now()), kind, "toestemming"
    )


@bp.get(f"/{NUMBER}/bewijs/")
@requires(Right.SEE_CONTACT_DETAILS)
def proof(subscriber_id: int) -> ResponseReturnValue:
    """The proof of one subscriber as a page to print; reading it is noted."""
    row_or_404(Subscriber.numbered(subscriber_id))
    audit.record_reading(member().id, subject=("subscriber", subscriber_id), at=clock.now())
    subscriber = row_or_404(Subscriber.numbered(subscriber_id))
    return render_template(
        "staff/subscribers/proof.html",
        subscriber=subscriber,
        proofs=consent_export.proofs_of(subscriber),
        elsewhere=consent_export.ELSEWHERE,
        method_words=METHOD_WORDS,
        at=clock.now(),
    )


@bp.post(f"/{NUMBER}/bewijs/")
@requires(Right.SEE_CONTACT_DETAILS)
def take_proof(subscriber_id: int) -> Response:
    """The same as a file."""
    require_csrf()
    subscriber = row_or_404(Subscriber.numbered(subscriber_id))
    found = consent_export.proof_taken(subscriber, by=member(), at=clock.now())
    return _file(consent_export.HEADERS, found, "csv", f"toestemming-{subscriber_id}")


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
