"""A fault of a page is found, also when right pages that differ in words alone were looked at before it."""

import pytest

from tests.support.markup import faults

RIGHT = (
    '<!doctype html><html lang="nl"><head><title>Contact – Dordt aan Zet</title></head><body><h1>Contact</h1>'
    '<form><label for="name">Naam</label><input id="name" value="Anna"></form><p>Een &amp; ander</p></body></html>'
)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<h1>Contact</h1>", "<h1>Over ons</h1>", "does not start with the heading"),
        ("<h1>Contact</h1>", "<h2>Contact</h2>", "0 h1 headings"),
        ('lang="nl"', 'lang="en"', "no lang=nl"),
        ('for="name"', 'for="naam"', "points at nothing"),
        ("<form>", '<form id="name">', "stands 2 times"),
        ("Een &amp; ander", "Een <b>ander", "malformed"),
        ("Een &amp; ander", "Een &amp ander", "malformed"),
        ("Een &amp; ander", "Een \x0b ander", "malformed"),
        ('value="Anna"', 'value="An\x0bna"', "malformed"),
        ('value="Anna"', 'value="Anna" value="Bert"', "malformed"),
        ('value="Anna"', 'value="Anna"onclick="go()"', "malformed"),
        ("<form>", '<form style="color: red">', "style on <form>"),
    ],
)
def test_a_fault_is_found(old: str, new: str, fault: str):
    assert faults(RIGHT) == faults(RIGHT.replace("Anna", "Bert").replace("Naam", "Uw naam")) == ()
    assert old in RIGHT

    assert fault in "\n".join(faults(RIGHT.replace(old, new)))
