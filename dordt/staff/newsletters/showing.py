"""What the composer shows beside the form: how it looks, what the checks say, what can be added."""

from datetime import datetime
from typing import Any

from flask import render_template, request

from dordt.newsletters import audience, checks
from dordt.newsletters.block_models import BlockKind
from dordt.newsletters.content import rendering
from dordt.newsletters.content.services import editing
from dordt.newsletters.labels import BLOCK_LABELS
from dordt.newsletters.models import Newsletter
from dordt.staff.mail_frame import without_keys
from dordt.staff.newsletters.audience_words import told
from dordt.staff.newsletters.compose_form import NewsletterForm
from dordt.staff.newsletters.offers import offers, pictures

LOOKS = {
    "smal-licht": "Telefoon",
    "breed-licht": "Breed",
    "smal-donker": "Telefoon, donker",
    "breed-donker": "Breed, donker",
}
FIRST_LOOK = "smal-licht"
WRITTEN = (BlockKind.INTRO, BlockKind.TEXT, BlockKind.QUOTE, BlockKind.BUTTON, BlockKind.OUTCOME)


def whole(newsletter: Newsletter, form: NewsletterForm, *, at: datetime) -> dict[str, Any]:
    """All that the page of the composer needs."""
    return _beside(newsletter, at=at) | _within(newsletter, form, at=at) | {"told": told(_reach(newsletter, form))}


def parts(newsletter: Newsletter, form: NewsletterForm, *, is_whole: bool, at: datetime) -> dict[str, str]:
    """The parts of the page that composer.js replaces, by name; the blocks and what can be added only when asked."""
    beside = _beside(newsletter, at=at)
    found = {"controle": render_template("staff/newsletters/_findings.html", **beside), "tekst": beside["text"]}
    if is_whole:
        within = _within(newsletter, form, at=at)
        found["blokken"] = render_template("staff/newsletters/_blocks.html", **within)
        found["aanbod"] = render_template("staff/newsletters/_offers.html", **within)
    return found


def look_after(button: str) -> str | None:
    """What the preview shows after a button: what it asks for, or what it showed."""
    verb, _, look = button.partition(":")
    wanted = look if verb == "toon" else request.args.get("voorbeeld", "")
    return wanted if wanted in LOOKS and wanted != FIRST_LOOK else None


def searched(name: str) -> str:
    """The words that an article or a picture is searched by: typed just now, or before the page was opened anew."""
    return (request.form.get(name) or request.args.get(name, "")).strip()[:200]


def _beside(newsletter: Newsletter, *, at: datetime) -> dict[str, Any]:
    return {
        "newsletter": newsletter,
        "findings": checks.findings(newsletter, at=at),
        "text": without_keys(rendering.draft_of(newsletter).text),
        "look": look_after("") or FIRST_LOOK,
        "looks": LOOKS,
    }


def _within(newsletter: Newsletter, form: NewsletterForm, *, at: datetime) -> dict[str, Any]:
    return {
        "newsletter": newsletter,
        "form": form,
        "removed": editing.removed_from(newsletter),
        "pictures": pictures(block.media.data or "" for block in form.blocks),
        "offers": offers(searched("zoek"), searched("beeld"), at=at),
        "searched": {name: searched(name) for name in ("zoek", "beeld")},
        "written": [(kind, BLOCK_LABELS[kind]) for kind in WRITTEN],
        "block_words": BLOCK_LABELS,
    }


def _reach(newsletter: Newsletter, form: NewsletterForm) -> audience.Standing:
    """Of the choice in the form, when it is one."""
    is_choice = not any(form[name].errors for name in ("neighbourhoods", "topics", "not_to"))
    return audience.standing(audience.choice_named(**form.audience()) if is_choice else newsletter)
