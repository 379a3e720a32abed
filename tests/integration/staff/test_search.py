"""Every search of the staff finds the same word: case, accents and signs that look alike make no difference."""

import ast
import unicodedata
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask, url_for

from dordt.contact.models import EntryKind, MessageEntry, MessageStatus
from dordt.extensions import db
from dordt.mailer.models import SuppressionCause, SuppressionScope
from dordt.mailer.suppression import list as suppression_list
from dordt.shared import clock
from dordt.shared.addresses import address_key
from dordt.shared.search import fold
from tests.factories.contact import make_message
from tests.factories.mailer import make_receipt
from tests.factories.news import make_article
from tests.factories.subscribers import make_subscriber
from tests.factories.workgroups import make_membership
from tests.guards.modules import MODULES
from tests.support.visitors import Visitor

NAME = "Zoë van ’t Hof-d'Énkade"
SAME = [
    "zoë",
    "ZOË",
    "Zoe",
    unicodedata.normalize("NFD", "Zoë"),
    "van 't hof",
    "van ‘t Hof",
    "hof–d’enkade",
    "ENKADE zoe",
    "\u200bZo\u00ad\u00eb\u202c\u00a0van",
]
ADDRESS = "Zoe.Hof@voorbeeld.nl"


def suppress(address: str) -> None:
    cause, scope = SuppressionCause.STAFF, SuppressionScope.ALL
    suppression_list.add(address_key(address), scope=scope, cause=cause, reason="op verzoek", at=clock.now())
    db.session.commit()


# By the page that takes the words: what is made, and whether it holds a text or an address.
SEARCHES: dict[str, tuple[Callable[[], object], bool]] = {
    "staff.contact.search": (lambda: make_message(name=NAME), True),
    "staff.workgroups.search": (lambda: make_membership(name=NAME), True),
    "staff.news.index": (lambda: make_article(title=NAME), True),
    "staff.post.search": (lambda: make_receipt(subject=NAME), True),
    "staff.subscribers.search": (lambda: make_subscriber(email=ADDRESS), False),
    "staff.post.search_suppressions": (lambda: suppress(ADDRESS), False),
}


def finds(visitor: Visitor, endpoint: str, words: str) -> bool:
    with visitor.application.test_request_context():
        path = url_for(endpoint)
    if endpoint == "staff.news.index":
        page = visitor.get(path, query_string={"zoek": words})
    else:
        page = visitor.get(visitor.post(path, data={"zoek": words}).location)
    assert page.status_code == 200
    return " gevonden</h2>" not in page.text


def test_each_search_of_the_staff_is_in_the_table(app: Flask):
    found = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.endswith("/zoeken/")}

    assert found == {name for name in SEARCHES if name != "staff.news.index"}


@pytest.mark.parametrize("endpoint", SEARCHES)
def test_a_search_finds_the_same_word_however_it_is_written(staff_client, endpoint: str):
    make, is_text = SEARCHES[endpoint]
    make()
    visitor = staff_client()

    for words in SAME if is_text else ["zoe.hof", "ZOE", "\u200bzoe\u202c", "ZOE.HOF@Voorbeeld.NL", "voorbeeld zoe"]:
        assert finds(visitor, endpoint, words), words
    for words in ("zoek", "zoe hof fiets", "z_e", "%"):
        assert not finds(visitor, endpoint, words), words


def test_both_databases_fold_as_we_do(app: Flask):
    letters = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x1E00, 0x1F00)))) + "‘’‛“”‐‑‒–—−′"
    texts = [*letters, "DE ÉNKADE", "IJsselmeer", "ĳ", "naïef", "Łódź"]

    folded = [db.session.scalar(sa.select(sa.func.folded(text))) for text in texts]

    assert [(text, found) for text, found in zip(texts, folded, strict=True) if found != fold(text)] == []


def test_nothing_is_searched_in_another_way():
    """SQL's own comparison knows no accents, and on PostgreSQL no case."""
    ways = {"like", "ilike", "contains", "icontains", "istartswith"}
    folded_already = {"dordt/shared/search.py", "dordt/staff/post/listing.py"}  # addresses, in small letters
    elsewhere = [
        f"{module.path}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ways and module.name not in folded_already
    ]

    assert elsewhere == []


def found_messages(visitor: Visitor, words: str, filters: str = "") -> bool:
    page = visitor.get(visitor.post(f"/beheer/berichten/zoeken/{filters}", data={"zoek": words}).location)
    return " gevonden</h2>" not in page.text


def test_what_was_written_since_and_the_phone_number_find_a_message_too(staff_client):
    message = make_message(phone="06 12 34 56 78")
    for kind, text in (
        (EntryKind.FROM_RESIDENT, "Ook de wip."),
        (EntryKind.NOTE, "Hovenier"),
        (EntryKind.ANSWER, "Café"),
    ):
        message.entries.append(MessageEntry(kind=kind, text=text, at=clock.now()))
    db.session.commit()
    visitor, reader = staff_client(), staff_client("lezer")

    for words in ("WIP", "hovenier cafe", "0612345678", "+31 6 1234 5678", "06-12345678", "(06) 12345678"):
        assert found_messages(visitor, words), words
    assert not found_messages(visitor, "0687654321")
    assert not found_messages(reader, "0612345678")


@pytest.mark.parametrize("words", ["{reference}", "dz 2026 {number}", "2026-{number}", "Zoe.Hof@Voorbeeld.nl"])
def test_a_number_or_an_address_finds_its_message_whatever_filter_stands(staff_client, words: str):
    closed = make_message(email=ADDRESS, status=MessageStatus.DECLINED)
    make_message()
    visitor = staff_client()
    words = words.format(reference=closed.reference, number=closed.reference[-6:])

    page = visitor.get(visitor.post("/beheer/berichten/zoeken/?wie=mij", data={"zoek": words}).location)

    assert closed.reference in page.text
    assert page.text.count('class="inbox__who"') == 1
    assert "De filters tellen nu niet mee." in page.text


def test_a_search_ends_when_one_comes_from_another_section(staff_client):
    make_message(name="Anna")
    visitor, here = staff_client(), "http://localhost"
    visitor.post("/beheer/berichten/zoeken/", data={"zoek": "niemand"})

    still = visitor.get("/beheer/berichten/", headers={"Referer": f"{here}/beheer/berichten/1/"})
    again = visitor.get("/beheer/berichten/", headers={"Referer": f"{here}/beheer/nieuws/"})

    assert "Geen berichten gevonden" in still.text
    assert "Anna" in again.text


def test_the_way_back_keeps_filter_and_page(staff_client):
    messages = [make_message() for _ in range(21)]
    visitor = staff_client()
    address = "/beheer/berichten/?volgorde=oud&amp;pagina=2"
    visitor.get(address.replace("&amp;", "&"))

    page = visitor.get(f"/beheer/berichten/{messages[0].id}/")

    assert f'<a href="{address}">Berichten</a>' in page.text
    visitor.get("/beheer/berichten/")
    assert '<a href="/beheer/berichten/">Berichten</a>' in visitor.get(f"/beheer/berichten/{messages[0].id}/").text
