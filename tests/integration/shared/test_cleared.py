"""What is emptied is empty: each field that may stay empty, of each form that shows what is kept."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import html5lib
import pytest
import sqlalchemy as sa

from dordt.drafts.models import Draft
from dordt.extensions import db
from dordt.news.models import ArticleState, Attachment
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.shared import clock
from dordt.staff.contact.forms import NOBODY
from tests.factories.accounts import make_member
from tests.factories.contact import make_message
from tests.factories.media import make_document, make_image
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.sent import make_sent_newsletter
from tests.factories.subscribers import make_subscriber, preferences_path
from tests.guards.modules import MODULES, form_classes
from tests.support.composer import EDIT
from tests.support.visitors import Visitor

TEXTS = {"text", "email", "tel", "url", "datetime-local", "date"}


def places() -> dict[str, Any]:
    return {"neighbourhoods": [make_neighbourhood(slug="reeland")], "topics": [make_topic(slug="groen")]}


def an_article() -> str:
    image, plan = make_image(), make_document()
    kept = {"image": image, "image_alt": "Een park", "image_caption": "Het park", "published_at": clock.now()}
    attachments = [Attachment(media=plan, title="Het plan")]
    article = make_article(state=ArticleState.DRAFT, edit_version=1, attachments=attachments, **kept, **places())
    return f"/beheer/nieuws/{article.id}/"


def a_newsletter() -> str:
    chosen = {name: [row.slug for row in rows] for name, rows in places().items()}
    link = BlockContent(BlockKind.BUTTON, title="Stel uw vraag", url="/contact/")
    picture = BlockContent(BlockKind.IMAGE, title="Het park", media=make_image().key, alt="Een park")
    make_newsletter(blocks=[link, picture], **chosen)
    earlier = make_sent_newsletter()
    db.session.get_one(type(earlier), 1).not_to = earlier
    db.session.commit()
    return EDIT


def a_message() -> str:
    return f"/beheer/berichten/{make_message(assignee_id=make_member().id).id}/"


@dataclass(frozen=True)
class Case:
    """A page with a form; `clears`: which of its fields must come out empty; `button`: what is pressed."""

    make: Callable[[], str]
    clears: set[str]
    action: str = ""
    button: dict[str, str] = field(default_factory=dict)


BLOCKS = {"blocks-0-text", "blocks-1-title", "blocks-1-url", "blocks-2-title", "blocks-2-alt"}
CASES = {
    "EditArticleForm": Case(
        an_article,
        {"published_at", "image_caption", "neighbourhoods", "topics", "attachments"},
        button={"action": "save"},
    ),
    "NewsletterForm": Case(
        a_newsletter,
        {"subject", "preheader", "neighbourhoods", "topics", "not_to"} | BLOCKS,
        button={"action": "save"},
    ),
    "ChoicesForm": Case(
        lambda: preferences_path(make_subscriber(**places())), {"neighbourhoods", "topics"}, action="keuze/"
    ),
    "AssignMessageForm": Case(a_message, {"assignee"}, action="toewijzen/"),
}
ANEW = {"slug"}  # made of the title again
NEEDS_ALL = {
    "PlanForm": "a plan has a begin and an end",
    "TestMailForm": "shows my own address, and asks for one",
    "PolicyForm": "is one choice of two",
    "TemplateForm": "is a name",
    "ColumnsForm": "shows a guess about a file",
    "FilterForm": "changes an address of the site, and keeps nothing",
}


def forms_that_show_what_is_kept() -> Iterator[str]:
    """Forms to which `data=` is given, in their own constructor or where they are made."""
    names = {dotted.rpartition(".")[2] for dotted in form_classes()}
    for module in MODULES:
        yield from names & set(_given_data(module.tree))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and node.name in names and "super().__init__" in _given_data(node):
                yield node.name


def _given_data(tree: ast.AST) -> list[str]:
    """What is called with `data=` in this piece of code."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [ast.unparse(call.func) for call in calls if any(keyword.arg == "data" for keyword in call.keywords)]


def test_each_form_that_shows_what_is_kept_is_looked_at():
    assert set(forms_that_show_what_is_kept()) == CASES.keys() | NEEDS_ALL.keys()


def form_of(page: str, action: str) -> Any:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    posting = [each for each in tree.iter("form") if (each.get("method") or "").lower() == "post"]
    here = (each for each in posting if action in addresses(each, action))
    return max(here, key=lambda each: len(list(each.iter("label"))))  # a button of its own may post there too


def addresses(form: Any, default: str) -> set[str]:
    """Where a form posts to, by itself or by one of its buttons."""
    buttons = {button.get("formaction") for button in form.iter("button")}
    return buttons | {(form.get("action") or default).partition("?")[0]}


def sent(form: Any) -> dict[str, list[str]]:
    """What a browser sends of this form, without the token and its button."""
    found: dict[str, list[str]] = {}
    for each in form.iter():
        name, kind = each.get("name"), each.get("type", "text")
        if each.tag == "textarea":
            found[name] = [each.text or ""]
        elif each.tag == "select":
            options = list(each.iter("option"))
            chosen = next((option for option in options if "selected" in option.attrib), options[0])
            found[name] = [chosen.get("value") or ""]
        elif (
            each.tag == "input"
            and kind not in {"file", "submit"}
            and (kind not in {"checkbox", "radio"} or "checked" in each.attrib)
        ):
            found.setdefault(name, []).append(each.get("value") or "")
    found.pop("csrf_token", None)
    return found


def empties(form: Any) -> dict[str, list[str]]:
    """How each field that holds something is emptied by hand."""
    found: dict[str, list[str]] = {}
    for each in form.iter():
        name, kind = each.get("name"), each.get("type", "text")
        if each.tag == "textarea" and each.text or each.tag == "input" and kind in TEXTS and each.get("value"):
            found[name] = [""]
        elif each.tag == "input" and kind == "checkbox" and "checked" in each.attrib:
            found[name] = []
        elif each.tag == "select" and sent(form)[name] != [NOBODY]:
            nobody = [option.get("value") for option in each.iter("option") if option.get("value") in {"", NOBODY}]
            found |= {name: nobody[:1]} if nobody else {}
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_emptied_is_empty(staff_client: Callable[..., Visitor], case: Case):
    page, visitor = case.make(), staff_client()
    action = page + case.action
    cleared = set()
    for name, empty in empties(form_of(visitor.get(page).text, action)).items():
        if name in ANEW:
            continue
        now = sent(form_of(visitor.get(page).text, action))

        answer = visitor.post(action, data=now | {name: empty} | case.button)

        db.session.execute(sa.delete(Draft))  # of what was refused
        if answer.status_code == 303:
            after = sent(form_of(visitor.get(page).text, action))
            assert after.get(name, []) == empty, name
            cleared.add(name)
    assert case.clears <= cleared
