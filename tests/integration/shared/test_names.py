"""Lists of people and groups, in the order in which they are looked for."""

import ast
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dordt.accounts.models import StaffMember
from dordt.extensions import db
from dordt.newsletters.models import NewsletterTemplate
from dordt.places.models import Neighbourhood, Topic
from dordt.shared import clock
from dordt.shared.reading import rows
from dordt.workgroups.models import Workgroup
from tests.factories.accounts import make_member
from tests.factories.contact import make_message
from tests.factories.places import make_neighbourhood, make_topic
from tests.factories.workgroups import make_workgroup
from tests.guards.modules import MODULES

SORTED = [
    "anja de Wit",
    "Anne 't Hof",
    "Anne de Vries",
    "Anne van der Berg",
    "Annemarie Bos",
    "\u00c9mile Zwart",
    "Emma d'Hondt",
    "Emma d\u2019Hooge",
    "\u0132sbrand Kok",
    "IJsbrand Post",
    "\u0141ukasz Nowak",
    "Omar \u00dcnal",
    "\u00d8yvind Dahl",
    "zoe\u0308 Jansen",
]


def make_template(name: str) -> None:
    db.session.add(NewsletterTemplate(name=name, created_at=clock.now()))
    db.session.commit()


LISTS: dict[str, tuple[Callable[[str], Any], Callable[[], "sa.Select[Any]"]]] = {
    "staff": (lambda name: make_member(name=name), StaffMember.listed),
    "work groups": (lambda name: make_workgroup(name=name), Workgroup.all),
    "templates": (make_template, NewsletterTemplate.all),
    "wijken": (lambda name: make_neighbourhood(name=name, position=0), Neighbourhood.all),
    "topics": (lambda name: make_topic(name=name, position=0), Topic.all),
}


@pytest.fixture
def shuffled() -> list[str]:
    return random.Random(7).sample(SORTED, len(SORTED))


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_by_name_knows_no_accents_and_no_case(app: Flask, shuffled: list[str], kind: str):
    make, listed = LISTS[kind]
    for name in shuffled:
        make(name)

    assert [row.name for row in rows(listed())] == SORTED


@pytest.mark.parametrize("path", ["/beheer/medewerkers/", "/beheer/logboek/", "/beheer/berichten/{message}/"])
def test_the_pages_of_the_staff_show_them_so(staff_client, shuffled: list[str], path: str):
    client = staff_client(name="Zzz")
    for name in shuffled:
        make_member(name=name)

    page = client.get(path.format(message=make_message().id)).text.replace("&#39;", "'")

    found = re.findall("|".join(map(re.escape, SORTED)), page)
    assert SORTED in [found[start : start + len(SORTED)] for start in range(len(found))]


def test_no_list_is_in_the_order_of_the_bytes_of_its_names():
    """Machines that mail goes to have names too, but are no people."""
    found = [
        f"{module.name}:{node.lineno}"
        for module in MODULES
        if module.package != "mailer"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "order_by"
        for each in node.args
        if isinstance(each, ast.Attribute) and each.attr == "name"
    ]

    assert found == []
