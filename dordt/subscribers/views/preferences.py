"""The page of one subscriber, opened by the link in every newsletter: choose, pause, move, see what we hold."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.places import services as places
from dordt.shared import clock
from dordt.shared.tables import table_download
from dordt.subscribers import services
from dordt.subscribers.forms import ChoicesForm, NewAddressForm, PauseForm
from dordt.subscribers.labels import METHOD_WORDS, REASON_WORDS, SENT_WORDS, STATE_WORDS, WAY_WORDS
from dordt.subscribers.limits import TOO_MANY, mails_strangers
from dordt.subscribers.pages import bp
from dordt.subscribers.services import data_export as record_files

SAVED = "keuze"  # what `bewaard` in the address may say


@bp.get("/voorkeuren/<token>/")
def preferences(token: str) -> ResponseReturnValue:
    """What this subscriber chose, and the forms to change it."""
    return _page(token)


@bp.post("/voorkeuren/<token>/keuze/")
def change_choices(token: str) -> ResponseReturnValue:
    """Other wijken or topics."""
    form = _choices_form(token, is_posted=True)
    if form.validate_on_submit():
        services.change_choices(
            token, neighbourhoods=form.neighbourhoods.data or [], topics=form.topics.data or [], at=clock.now()
        )
        return redirect(url_for(".preferences", token=token, bewaard=SAVED), code=303)
    return _page(token, choices=form)


@bp.post("/voorkeuren/<token>/pauze/")
def pause(token: str) -> ResponseReturnValue:
    """No newsletter for a time."""
    form = _pause_form(is_posted=True)
    if form.validate_on_submit():
        services.pause(token, form.months.data, at=clock.now())
        return redirect(url_for(".preferences", token=token), code=303)
    return _page(token, pause=form)


@bp.post("/voorkeuren/<token>/hervatten/")
def resume(token: str) -> ResponseReturnValue:
    """The newsletter again, at once."""
    services.resume(token, at=clock.now())
    return redirect(url_for(".preferences", token=token), code=303)


def _too_many_addresses() -> Response:
    token = (request.view_args or {})["token"]
    form = _address_form(token, is_posted=True)
    form.form_errors.append(TOO_MANY)
    page, _status = _page(token, address=form)
    return make_response(page, 429)


@bp.post("/voorkeuren/<token>/adres/")
@mails_strangers(_too_many_addresses)
def ask_new_address(token: str) -> ResponseReturnValue:
    """The newsletter at another address, once its owner confirmed that."""
    form = _address_form(token, is_posted=True)
    if form.validate_on_submit():
        services.ask_new_address(token, form.email.data or "", at=clock.now())
        return redirect(url_for(".preferences", token=token, _anchor="adres"), code=303)
    return _page(token, address=form)


@bp.get("/voorkeuren/<token>/gegevens/")
def own_record(token: str) -> ResponseReturnValue:
    """All that we hold of this subscriber."""
    held = services.held_of(services.find_by_preferences_token(token))
    words: dict[str, Any] = {
        "state_words": STATE_WORDS,
        "method_words": METHOD_WORDS,
        "sent_words": SENT_WORDS,
        "way_words": WAY_WORDS,
        "reason_words": REASON_WORDS,
    }
    return render_template("subscribers/own_record.html", held=held, token=token, **words)


@bp.get("/voorkeuren/<token>/gegevens.<any(csv, json):kind>")
def download(token: str, kind: str) -> ResponseReturnValue:
    """The same as a file, to keep or to take elsewhere (AVG article 20)."""
    held = services.held_of(services.find_by_preferences_token(token))
    if kind == "csv":
        return table_download(record_files.HEADERS, record_files.rows_of(held), kind="csv", name=record_files.NAME)
    answer = Response(record_files.json_of(held), content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{record_files.NAME}.json"'
    return answer


def _page(
    token: str,
    *,
    choices: ChoicesForm | None = None,
    pause: PauseForm | None = None,
    address: NewAddressForm | None = None,
) -> tuple[str, int]:
    """The page with the forms as they are; one of them may come back with what is wrong with it."""
    subscriber = services.find_by_preferences_token(token)
    page = render_template(
        "subscribers/preferences.html",
        subscriber=subscriber,
        token=token,
        waiting=services.waiting_address_of(subscriber),
        choices=choices or _choices_form(token),
        pause=pause or _pause_form(),
        address=address or _address_form(token),
        returned=choices or pause or address,
        is_saved=request.args.get("bewaard") == SAVED,
    )
    return page, next((form.status for form in (choices, pause, address) if form), 200)


def _choices_form(token: str, *, is_posted: bool = False) -> ChoicesForm:
    subscriber = services.find_by_preferences_token(token)
    form = ChoicesForm(
        meta={"is_posted": is_posted},
        neighbourhoods=[wijk.slug for wijk in subscriber.neighbourhoods],
        topics=[topic.slug for topic in subscriber.topics],
    )
    form.offer(neighbourhoods=places.neighbourhood_choices(), topics=places.topic_choices())
    return form


def _pause_form(*, is_posted: bool = False) -> PauseForm:
    return PauseForm(services.pause_choices(clock.now()), is_posted=is_posted)


def _address_form(token: str, *, is_posted: bool = False) -> NewAddressForm:
    own_key = services.find_by_preferences_token(token).email_key
    return NewAddressForm(own_key=own_key, is_posted=is_posted)
