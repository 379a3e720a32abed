"""Who may open which page of /beheer/: one table of rights in the order of the menu, and the one guard that asks it."""

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dordt.accounts import sessions
from dordt.accounts import views as accounts
from dordt.accounts.models import StaffMember
from dordt.accounts.rights import Right
from dordt.shared import kept_forms
from dordt.shared.requests import comes_from_this_site

Rights = Right | tuple[Right, ...]  # of several, a member needs all

# The endpoint without "staff." in front, and what it asks; by method where reading and changing differ.
RIGHTS: dict[str, Rights | dict[str, Rights]] = {
    "start.index": Right.READ,
    "contact.inbox": Right.READ,
    "contact.search": Right.READ,
    "contact.message": Right.READ,
    "contact.file": Right.SEE_CONTACT_DETAILS,
    "contact.assign": Right.ASSIGN,
    "contact.note": Right.ANSWER,
    "contact.answer": (Right.ANSWER, Right.CLOSE),
    "contact.change_status": Right.ANSWER,
    "workgroups.index": Right.READ,
    "workgroups.memberships": Right.SEE_CONTACT_DETAILS,
    "workgroups.search": Right.SEE_CONTACT_DETAILS,
    "workgroups.membership": {"GET": Right.SEE_CONTACT_DETAILS, "POST": (Right.SEE_CONTACT_DETAILS, Right.ANSWER)},
    "news.index": Right.READ,
    "news.new": Right.PUBLISH,
    "news.edit": Right.PUBLISH,
    "news.preview": Right.PUBLISH,
    "news.publish": Right.PUBLISH,
    "news.withdraw": Right.PUBLISH,
    "newsletters.new": Right.SEND_NEWSLETTER,
    "newsletters.index": Right.READ,
    "newsletters.show": Right.READ,
    "newsletters.progress": Right.READ,
    "newsletters.html": Right.READ,
    "newsletters.light": Right.READ,
    "newsletters.dark": Right.READ,
    "newsletters.reach": Right.SEND_NEWSLETTER,
    "newsletters.people": Right.READ,
    "newsletters.report": Right.READ,
    "newsletters.remarks": Right.SEE_CONTACT_DETAILS,
    "newsletters.report_file": Right.READ,
    "newsletters.report_deliveries": (Right.EXPORT, Right.SEE_CONTACT_DETAILS),
    "newsletters.overview": Right.READ,
    "newsletters.overview_file": Right.READ,
    "newsletters.send": Right.SEND_NEWSLETTER,
    "newsletters.plan": Right.SEND_NEWSLETTER,
    "newsletters.try_out": Right.SEND_NEWSLETTER,
    "newsletters.withdraw": Right.SEND_NEWSLETTER,
    "newsletters.approve": Right.APPROVE_NEWSLETTER,
    "newsletters.pause": Right.SEND_NEWSLETTER,
    "newsletters.resume": Right.SEND_NEWSLETTER,
    "newsletters.cancel": Right.SEND_NEWSLETTER,
    "newsletters.templates": Right.SEND_NEWSLETTER,
    "newsletters.keep_template": Right.SEND_NEWSLETTER,
    "newsletters.template": Right.SEND_NEWSLETTER,
    "newsletters.remove_template": Right.SEND_NEWSLETTER,
    "newsletters.edit": Right.SEND_NEWSLETTER,
    "newsletters.reopen": Right.SEND_NEWSLETTER,
    "newsletters.keep": Right.SEND_NEWSLETTER,
    "subscribers.enter": Right.SEE_CONTACT_DETAILS,
    "subscribers.index": Right.READ,
    "subscribers.search": Right.SEE_CONTACT_DETAILS,
    "subscribers.export": Right.EXPORT,
    "subscribers.export_proof": Right.EXPORT,
    "subscribers.proof": Right.SEE_CONTACT_DETAILS,
    "subscribers.take_proof": Right.SEE_CONTACT_DETAILS,
    "subscribers.imports": Right.ADMINISTER,
    "subscribers.show_import": Right.ADMINISTER,
    "subscribers.start_import": Right.ADMINISTER,
    "subscribers.withdraw_import": Right.ADMINISTER,
    "subscribers.undo_import": Right.ADMINISTER,
    "subscribers.refusals": Right.ADMINISTER,
    "subscribers.refusals_file": Right.ADMINISTER,
    "subscribers.show": Right.READ,
    "subscribers.unsubscribe": Right.SEE_CONTACT_DETAILS,
    "post.index": Right.READ,
    "post.search": Right.READ,
    "post.show": Right.READ,
    "post.html": Right.READ,
    "post.resend": Right.ANSWER,
    "post.suppressions": Right.READ,
    "post.search_suppressions": Right.SEE_CONTACT_DETAILS,
    "post.new_suppression": Right.SEE_CONTACT_DETAILS,
    "post.show_suppression": Right.READ,
    "post.release_suppression": Right.SEE_CONTACT_DETAILS,
    "post.inbound": Right.SEE_CONTACT_DETAILS,
    "post.show_inbound": Right.SEE_CONTACT_DETAILS,
    "post.handle_inbound": Right.SEE_CONTACT_DETAILS,
    "post.reopen_inbound": Right.SEE_CONTACT_DETAILS,
    "post.put_with_message": (Right.SEE_CONTACT_DETAILS, Right.ANSWER),
    "post.confirm_resend_newsletter": Right.SEND_NEWSLETTER,
    "post.resend_newsletter": Right.SEND_NEWSLETTER,
    "members.index": Right.ADMINISTER,
    "members.new": Right.ADMINISTER,
    "members.show": Right.ADMINISTER,
    "members.change_role": Right.ADMINISTER,
    "members.set_password": Right.ADMINISTER,
    "members.disable": Right.ADMINISTER,
    "members.enable": Right.ADMINISTER,
    "members.my_password": Right.READ,
    "settings.index": Right.ADMINISTER,
    "settings.closed_days": Right.ADMINISTER,
    "settings.remove_closed_day": Right.ADMINISTER,
    "drafts.keep": Right.READ,  # and what the form itself asks
    "drafts.discard": Right.READ,
    "drafts.put_back": Right.READ,
    "log.index": Right.ADMINISTER,
    "log.readings": Right.ADMINISTER,
}
# Sections full of residents who have nothing to do with the groups of one coordinator, whatever rights that role gives.
CLOSED_TO_COORDINATORS = {"contact", "subscribers", "post"}
# Pages under /beheer/ that no guard stands before: whoever opens them is not signed in, or is leaving.
WITHOUT_GUARD = {"security.login", "security.logout"}


class AccessUnsettled(Exception):
    """A page has no entry in the table, or an entry no page: the application does not start."""


def needed(endpoint: str, method: str) -> frozenset[Right]:
    """All the rights that a request to this endpoint (without "staff.") asks. HEAD and OPTIONS count as GET."""
    entry = RIGHTS[endpoint]
    if isinstance(entry, dict):
        entry = entry["GET" if method in {"HEAD", "OPTIONS"} else method]
    return frozenset(entry if isinstance(entry, tuple) else (entry,))


def is_closed_to_coordinators(section: str) -> bool:
    """Whether who only leads groups may not enter; `section` is a blueprint without "staff.", or one inside it."""
    return section.partition(".")[0] in CLOSED_TO_COORDINATORS


def require_complete(app: Flask) -> None:
    """Refuse to start unless the table has exactly the pages that there are. Raises AccessUnsettled."""
    pages: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/beheer") and rule.endpoint not in WITHOUT_GUARD:
            pages.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    known = {f"staff.{endpoint}": entry for endpoint, entry in RIGHTS.items()}
    wrong = pages.keys() ^ known.keys()
    wrong |= {name for name, entry in known.items() if isinstance(entry, dict) and entry.keys() != pages.get(name)}
    if wrong:
        raise AccessUnsettled(f"dordt/staff/access.py must settle: {', '.join(sorted(wrong))}")


def require_access() -> ResponseReturnValue | None:
    """Before every request of /beheer/: a visitor goes to the sign-in page, and back here afterwards, with what was
    typed; a member goes on where the section is open to them and they have every right that the page asks, and gets
    403 elsewhere."""
    if sessions.current_member() is None:
        if kept_forms.texts() and request.accept_mimetypes.best != "application/json":
            return accounts.ask_to_sign_in(request.full_path.removesuffix("?"))
        return redirect(url_for("security.login", next=_page_before()))
    if request.method == "POST":
        kept_forms.unpack()
    if not is_open(request.blueprint or ""):
        current_app.logger.warning("Member %s only leads groups and may not enter %s", member().id, request.blueprint)
        abort(403)
    asked = needed((request.endpoint or "").removeprefix("staff."), request.method)
    missing = sorted(right for right in asked if not may(right))
    if missing:
        current_app.logger.warning("Member %s has no right %s at %s", member().id, missing[0], request.url_rule)
        abort(403)
    return None


def _page_before() -> str:
    """Where to go on after signing in: this page, or the one with the button that led here."""
    if request.url_rule is not None and "GET" in (request.url_rule.methods or set()):
        return request.full_path.removesuffix("?")
    before = urlsplit(request.referrer or "") if comes_from_this_site() else None
    return before.path if before and before.path else url_for("staff.start.index")


def is_open(section: str) -> bool:
    """Whether the member of staff who sent this request may enter a section at all; `section` is a blueprint's name."""
    return coordinator_scope() is None or not is_closed_to_coordinators(section.removeprefix("staff."))


def member() -> StaffMember:
    """The member of staff who sent this request; a detached copy, so point at the row by its id."""
    found = sessions.current_member()
    if found is None:
        abort(403)
    return found


def coordinator_scope() -> int | None:
    """The id of a member who only leads groups, and so sees those groups alone; None for the others."""
    return member().id if member().leads_groups_only else None


def may(right: Right | str) -> bool:
    """Whether the member of staff who sent this request has a right."""
    found = sessions.current_member()
    return found is not None and found.may(Right(right))
