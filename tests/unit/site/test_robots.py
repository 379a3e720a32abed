"""What search engines are told to leave alone."""

from dordt.site.views import closed_to_robots


def test_staff_pages_and_pages_with_a_token_are_closed():
    rules = ["/", "/nieuws/<slug>/", "/bericht/<token>/", "/nieuwsbrief/afmelden/<token>/", "/beheer/x/<token>/"]

    assert closed_to_robots(rules) == ["/beheer/", "/bericht/", "/nieuwsbrief/afmelden/"]
