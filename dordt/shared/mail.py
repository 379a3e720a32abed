"""What a domain hands to the mailer: a finished mail, not yet addressed to a relay."""

from dataclasses import dataclass, field

import mrml
from flask import current_app

MJML_OPTIONS = mrml.RenderOptions(fonts={})  # no font from elsewhere: a mail asks no other host for anything
LONGEST_SUBJECT = 200  # characters, as the ledger keeps it


@dataclass(frozen=True)
class Draft:
    """One mail as a domain wrote it; `to` is empty for a mail with an audience.

    name: the message's folder under templates/email/, kept in the ledger.
    token_purpose: when set, `[[token]]` in text, html and headers becomes a link token signed per recipient.
    """

    name: str
    to: str
    subject: str
    text: str
    html: str
    reply_to: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    token_purpose: str | None = None


def compose(
    name: str,
    *,
    to: str,
    reply_to: str | None = None,
    headers: dict[str, str] | None = None,
    token_purpose: str | None = None,
    **values: object,
) -> Draft:
    """Render the folder templates/email/<name>/ (subject.txt, body.txt, body.html or body.mjml.xml) into a draft.

    The subject becomes one line, no longer than the ledger keeps: a value with a line break cannot add a header (ASVS
    5.0, 1.3.11).
    """
    values |= {"site_url": current_app.config["SITE_URL"], "contact_address": current_app.config["CONTACT_ADDRESS"]}
    template = current_app.jinja_env.get_template  # not render_template: a mail knows nothing of the request
    subject, text = (template(f"email/{name}/{part}").render(values) for part in ("subject.txt", "body.txt"))
    return Draft(
        name=name,
        to=to,
        subject=_one_line(subject),
        text=text.strip() + "\n",
        html=_html(name, values),
        reply_to=reply_to,
        headers=headers or {},
        token_purpose=token_purpose,
    )


def mjml_to_html(text: str) -> str:
    """One column that also Outlook for Windows lays out. Raises OSError when `text` is no MJML."""
    page: str = mrml.to_html(text, render_options=MJML_OPTIONS).content
    return page


def _one_line(subject: str) -> str:
    line = " ".join(subject.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1].rstrip()}…"


def _html(name: str, values: dict[str, object]) -> str:
    body = current_app.jinja_env.select_template([f"email/{name}/body.mjml.xml", f"email/{name}/body.html"])
    html = body.render(values)
    return mjml_to_html(html) if str(body.name).endswith(".mjml.xml") else html
