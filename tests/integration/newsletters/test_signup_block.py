"""The way from home and articles to the sign-up form."""

import re

from tests.factories.news import make_article
from tests.factories.places import make_neighbourhood, make_topic
from tests.support.markup import compact


def ticked(page: str) -> list[str]:
    return re.findall(r'<input checked[^>]* value="([^"]*)"', page)


def test_home_leads_to_the_form_and_to_earlier_newsletters_without_a_cookie(client):
    answer = client.get("/")

    block = answer.text.partition('class="signup"')[2]
    assert 'href="/nieuwsbrief/">Meld u aan voor de nieuwsbrief</a>' in block
    assert 'href="/nieuwsbrief/archief/"' in block
    assert "Set-Cookie" not in answer.headers


def test_an_article_brings_its_wijken_and_topics_to_the_form(client):
    wijken = [make_neighbourhood(slug=slug, name=slug.title()) for slug in ("reeland", "staart")]
    make_article(slug="een-plein", neighbourhoods=wijken, topics=[make_topic(slug="wonen", name="Wonen")])

    answer = client.get("/nieuws/een-plein/")

    link = "/nieuwsbrief/?wijk=reeland&amp;wijk=staart&amp;thema=wonen"
    assert f'href="{link}"' in answer.text
    assert "Wij kiezen alvast voor u: Reeland, Staart en Wonen." in answer.text
    assert "Set-Cookie" not in answer.headers
    assert ticked(client.get(link.replace("&amp;", "&")).text) == ["reeland", "staart", "wonen"]


def test_a_link_ticks_no_consent_and_nothing_that_is_not_there(client):
    make_neighbourhood(slug="reeland")

    page = client.get("/nieuwsbrief/?wijk=bestaat-niet&thema=%3Cb%3E&consent=y&email=anna%40voorbeeld.nl").text

    assert ticked(page) == []
    assert "anna@voorbeeld.nl" not in page


def test_what_a_visitor_chose_wins_from_the_link(client):
    make_neighbourhood(slug="reeland")
    make_neighbourhood(slug="staart")

    page = client.post("/nieuwsbrief/?wijk=reeland", data={"email": "geen adres", "neighbourhoods": "staart"}).text

    assert ticked(page) == ["staart"]


def test_the_sign_up_page_shows_what_one_would_get(client):
    page = compact(client.get("/nieuwsbrief/").text)

    assert 'href="/nieuwsbrief/laatste/"' in page
    assert 'href="/nieuwsbrief/archief/"' in page
    assert '<link rel="alternate" type="application/atom+xml"' in page
