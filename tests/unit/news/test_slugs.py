"""The last part of an address."""

import pytest

from dordt.news.models import is_well_formed, reserved, slug_from


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Eén jaar Het Tuinhuis!", "een-jaar-het-tuinhuis"),
        ("  Wat nu?  ", "wat-nu"),
        ("100 ideeën & meer", "100-ideeen-meer"),
        ("…", ""),
    ],
)
def test_a_title_gives_a_slug(title: str, slug: str):
    assert slug_from(title) == slug


def test_a_long_title_gives_a_slug_that_fits_and_does_not_end_in_a_hyphen():
    slug = slug_from("abc " * 60)

    assert is_well_formed(slug)
    assert len(slug) <= 120


@pytest.mark.parametrize(
    "slug", ["", "Park", "park_plan", "-park", "park-", "nieuw--park", "park/plan", "a" * 121, "é"]
)
def test_what_is_no_slug_is_refused(slug: str):
    assert not is_well_formed(slug)


def test_first_segments_of_the_site_and_some_words_are_taken():
    assert reserved(["/", "/nieuws/<slug>/", "/sitemap.xml"]) == {
        *("nieuws", "sitemap.xml"),
        *("archief", "wijk", "bevestigen", "afmelden"),
    }
