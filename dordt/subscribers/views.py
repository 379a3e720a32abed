"""The newsletter as residents meet it: sign up, choose, pause, move, see their data, leave."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt import throttling
from dordt.extensions import limiter
from dordt.shared import clock
from dordt.shared.tables import table_download
from dordt.subscribers import services
from dordt.subscribers.fields import SubscriberFields, field_choices, fields_of, named_fields, shown_fields
from dordt.subscribers.forms import NEW_ADDRESS_TEXT, ChoicesForm, NewAddressForm, PauseForm, ReasonForm, SubscribeForm
from dordt.subscribers.labels import METHOD_LABELS, REASON_LABELS, SENT_LABELS, STATE_LABELS, WAY_LABELS
from dordt.subscribers.models import UnsubscribeWay
from dordt.subscribers.services import exports

bp = Blueprint("subscribers", __name__, url_prefix="/nieuwsbrief")


SCOPE = "newsletter-mails"  # what is asked by any of our forms counts together
TOO_MANY = (
    "Vanaf uw netwerk is in korte tijd vaak een e-mail aangevraagd. Daarom sturen wij er nu geen. "
    "Wacht een uur en verstuur dit opnieuw. Of bel 14 078, dan helpen wij u."
)


def mails_strangers(answer: Callable[..., Response]) -> throttling.Limit:
    """Mark a view whose form sends mail to an address that somebody typed; `answer` shows it when there were too many.

    Only what was taken in counts: who makes a mistake in the form is never kept waiting.
    """
    limit: throttling.Limit = limiter.shared_limit(
        lambda: current_app.config["SUBSCRIBE_LIMIT_OF_NETWORK"],
        scope=SCOPE,
        key_func=throttling.network,
        methods=["POST"],
        deduct_when=_was_taken_in,
        on_breach=lambda _limit: answer(),
    )
    return limit


def _was_taken_in(response: Response) -> bool:
    return response.status_code == 303


def _too_many() -> Response:
    """What was typed stands in the form, under what to do now."""
    form = _subscribe_form()
    form.form_errors.append(TOO_MANY)
    return make_response(render_template("subscribers/subscribe.html", form=form), 429)


@bp.route("/", methods=["GET", "POST"])
@mails_strangers(_too_many)
def subscribe() -> ResponseReturnValue:
    """The sign-up form; it answers the same whether or not the address is known."""
    form = _subscribe_form()
    if form.validate_on_submit():
        services.request_subscription(form.subscription_request(), at=clock.now())
        return redirect(url_for(".check_inbox"), code=303)
    return render_template("subscribers/subscribe.html", form=form), form.status


@bp.get("/controleer-uw-mail/")
def check_inbox() -> ResponseReturnValue:
    """What to do now: open the mail and confirm."""
    return render_template("subscribers/check_inbox.html")


@bp.get("/bevestigen/<token>/")
def confirm(token: str) -> ResponseReturnValue:
    """The page with the button; afterwards it says that the newsletter will come."""
    application = services.find_application(token)
    subscriber = application.subscriber
    asked = SubscriberFields(**application.fields)
    shown = shown_fields(subscriber) if subscriber.is_confirmed else named_fields(asked)
    return render_template("subscribers/confirm.html", subscriber=subscriber, fields=shown)


@bp.post("/bevestigen/<token>/")
def confirm_now(token: str) -> ResponseReturnValue:
    services.confirm_subscription(token, at=clock.now())
    return redirect(url_for(".confirm", token=token), code=303)


def _subscribe_form() -> SubscribeForm:
    form = SubscribeForm()
    form.offer(field_choices())
    form.tick(neighbourhoods=request.args.getlist("wijk"), topics=request.args.getlist("thema"))
    return form


SAVED = "keuze"  # what `bewaard` in the address may say


@bp.get("/voorkeuren/<token>/")
def preferences(token: str) -> ResponseReturnValue:
    """What this subscriber chose, and the forms to change it."""
    return _preferences_page(token)


@bp.post("/voorkeuren/<token>/keuze/")
def change_choices(token: str) -> ResponseReturnValue:
    form = _choices_form(token, is_posted=True)
    if form.validate_on_submit():
        services.change_choices(token, form.fields(), at=clock.now())
        return redirect(url_for(".preferences", token=token, bewaard=SAVED), code=303)
    return _preferences_page(token, choices=form)


@bp.post("/voorkeuren/<token>/pauze/")
def pause(token: str) -> ResponseReturnValue:
    form = _pause_form(is_posted=True)
    if form.validate_on_submit():
        services.pause(token, form.months.data, at=clock.now())
        return redirect(url_for(".preferences", token=token), code=303)
    return _preferences_page(token, pause=form)


@bp.post("/voorkeuren/<token>/hervatten/")
def resume(token: str) -> ResponseReturnValue:
    services.resume(token, at=clock.now())
    return redirect(url_for(".preferences", token=token), code=303)


def _too_many_addresses() -> Response:
    token = (request.view_args or {})["token"]
    form = _address_form(token, is_posted=True)
    form.form_errors.append(TOO_MANY)
    page, _status = _preferences_page(token, address=form)
    return make_response(page, 429)


@bp.post("/voorkeuren/<token>/adres/")
@mails_strangers(_too_many_addresses)
def ask_new_address(token: str) -> ResponseReturnValue:
    """The newsletter at another address, once its owner confirmed that."""
    form = _address_form(token, is_posted=True)
    if form.validate_on_submit():
        services.ask_new_address(token, form.email.data or "", at=clock.now())
        return redirect(url_for(".preferences", token=token, _anchor="adres"), code=303)
    return _preferences_page(token, address=form)


@bp.get("/voorkeuren/<token>/gegevens/")
def own_record(token: str) -> ResponseReturnValue:
    personal_data = services.personal_data_of(services.find_by_preferences_token(token))
    labels: dict[str, Any] = {
        "state_labels": STATE_LABELS,
        "method_labels": METHOD_LABELS,
        "sent_labels": SENT_LABELS,
        "way_labels": WAY_LABELS,
        "reason_labels": REASON_LABELS,
    }
    fields = shown_fields(personal_data.subscriber)
    return render_template(
        "subscribers/own_record.html", personal_data=personal_data, fields=fields, token=token, **labels
    )


@bp.get("/voorkeuren/<token>/gegevens.<any(csv, json):kind>")
def download(token: str, kind: str) -> ResponseReturnValue:
    """The same as a file, to keep or to take elsewhere (AVG article 20)."""
    personal_data = services.personal_data_of(services.find_by_preferences_token(token))
    if kind == "csv":
        return table_download(exports.OWN_DATA_HEADERS, exports.rows_of(personal_data), kind="csv", name=exports.NAME)
    answer = Response(exports.json_of(personal_data), content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{exports.NAME}.json"'
    return answer


def _preferences_page(
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
    form = ChoicesForm(meta={"is_posted": is_posted}, data=fields_of(subscriber)._asdict())
    form.offer(field_choices())
    return form


def _pause_form(*, is_posted: bool = False) -> PauseForm:
    return PauseForm(services.pause_choices(clock.now()), is_posted=is_posted)


def _address_form(token: str, *, is_posted: bool = False) -> NewAddressForm:
    own_key = services.find_by_preferences_token(token).email_key
    return NewAddressForm(own_key=own_key, is_posted=is_posted)


@bp.get("/nieuw-adres/<token>/")
def new_address(token: str) -> ResponseReturnValue:
    """The page with the button; afterwards it says that the newsletter comes here."""
    change = services.find_by_new_address_token(token)
    return render_template("subscribers/new_address.html", change=change, consent_text=NEW_ADDRESS_TEXT)


@bp.post("/nieuw-adres/<token>/")
def new_address_now(token: str) -> ResponseReturnValue:
    services.confirm_new_address(token, consent_text=NEW_ADDRESS_TEXT, at=clock.now())
    return redirect(url_for(".new_address", token=token), code=303)


@bp.get("/afmelden/<token>/")
def unsubscribe(token: str) -> ResponseReturnValue:
    """The page with the button; afterwards it says so, and asks why."""
    return _unsubscribe_page(token, ReasonForm())


@bp.post("/afmelden/<token>/")
def unsubscribe_now(token: str) -> ResponseReturnValue:
    """The button was pressed, or a mail programme did it for the reader (RFC 8058: answered at once, no redirect)."""
    if request.form.get("List-Unsubscribe") == "One-Click":
        services.unsubscribe(token, UnsubscribeWay.ONE_CLICK, at=clock.now())
        return "", 200
    services.unsubscribe(token, at=clock.now())
    return redirect(url_for(".unsubscribe", token=token), code=303)


@bp.post("/afmelden/<token>/reden/")
def give_reason(token: str) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate_on_submit():
        services.give_reason(token, form.chosen(), form.remark.data or "", at=clock.now())
        return redirect(url_for(".unsubscribe", token=token), code=303)
    return _unsubscribe_page(token, form)


def _unsubscribe_page(token: str, form: ReasonForm) -> ResponseReturnValue:
    subscriber = services.find_by_unsubscribe_token(token)
    left = services.may_give_reason(subscriber, at=clock.now())
    page = render_template("subscribers/unsubscribe.html", subscriber=subscriber, left=left, form=form, token=token)
    return page, form.status
