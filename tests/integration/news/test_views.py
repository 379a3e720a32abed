"""News as residents read it."""

from datetime import UTC, datetime, timedelta

import pytest

from dordt.news.models import ArticleState, Attachment
from dordt.shared import clock
from tests.factories.media import make_document, make_image
from tests.factories.news import make_article
from tests.factories.places import make_neighbourhood, make_topic
from tests.support.markup import compact

ADDRESSES = ["/nieuws/", "/nieuws/een-park/", "/nieuws/archief/", "/nieuws/archief/2019/"]
LONG_AGO = datetime(2019, 5, 6, 10, tzinfo=UTC)


@pytest.fixture
def some_news(app):
    make_article(slug="een-park")
    make_article(slug="oud-nieuws", published_at=LONG_AGO)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_sets_no_cookie_and_is_not_sent_twice(client, some_news, address: str):
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert "Set-Cookie" not in first.headers
    assert (again.status_code, again.data) == (304, b"")


def test_without_news_the_page_says_what_will_come(client):
    assert "Er is nog geen nieuws" in client.get("/nieuws/").text
    assert "Het archief is nog leeg" in client.get("/nieuws/archief/").text


def test_the_list_holds_the_newest_first_and_leaves_the_old_to_the_archive(client):
    now = clock.now()
    make_article(title="Van gisteren", published_at=now - timedelta(days=1))
    make_article(title="Van vandaag", published_at=now - timedelta(minutes=1))
    make_article(title="Van vorig jaar", published_at=now - timedelta(days=367))

    page = client.get("/nieuws/").text

    assert page.index("Van vandaag") < page.index("Van gisteren")
    assert "Van vorig jaar" not in page


def test_a_filter_narrows_the_list_and_stays_in_the_address(client):
    wijk, topic = make_neighbourhood(slug="reeland"), make_topic(slug="wonen")
    make_article(title="Over beide", neighbourhoods=[wijk], topics=[topic])
    make_article(title="Over de wijk", neighbourhoods=[wijk])
    for number in range(20):
        make_article(title=f"Nog een {number}", neighbourhoods=[wijk])

    narrowed = client.get("/nieuws/?wijk=reeland&thema=wonen").text
    of_wijk = client.get("/nieuws/?wijk=reeland").text

    assert "Over beide" in narrowed
    assert "Over de wijk" not in narrowed
    assert "/nieuws/?pagina=2&amp;wijk=reeland" in of_wijk
    assert '<option selected value="reeland">' in of_wijk
    assert "Over de wijk" in client.get("/nieuws/?wijk=reeland&pagina=2").text


@pytest.mark.parametrize("query", ["wijk=bestaat-niet", "thema=%F0%9F%8C%B3", "wijk=%27--", "wijk=" + "x" * 5000])
def test_a_filter_that_finds_nothing_shows_a_way_on(client, some_news, query: str):
    answer = client.get(f"/nieuws/?{query}")

    assert answer.status_code == 200
    assert "Hierover is nu geen nieuws" in answer.text


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "99999999999999999999", "1.5"])
def test_a_page_that_does_not_exist_is_not_found(client, some_news, number: str):
    assert client.get(f"/nieuws/?pagina={number}").status_code == 404


def test_an_article_shows_all_that_it_holds(client):
    make_article(
        slug="een-park",
        title="Een park & meer",
        body="# Kop\n\nTekst.",
        neighbourhoods=[make_neighbourhood(slug="reeland", name="Reeland")],
        topics=[make_topic(slug="wonen", name="Wonen")],
        image=make_image(),
        image_alt="Een boom",
        image_caption="In de lente",
        published_at=clock.now() - timedelta(days=3),
        attachments=[Attachment(media=make_document(), title="Het plan")],
    )

    page = compact(client.get("/nieuws/een-park/").text)

    assert "<title>Een park &amp; meer – Dordt aan Zet</title>" in page
    assert 'alt="Een boom" width="900" height="600"' in page
    assert "<figcaption>In de lente</figcaption>" in page
    assert "<h2>Kop</h2>" in page
    assert "PDF-bestand Het plan (1 kB)</a>" in page
    assert 'href="/nieuws/?wijk=reeland">Reeland</a>' in page
    assert 'href="/nieuws/?thema=wonen">Wonen</a>' in page
    assert "Nieuwsarchief" not in page


def test_an_archived_article_keeps_its_address_and_says_where_it_is(client):
    make_article(slug="oud", published_at=LONG_AGO)

    page = client.get("/nieuws/oud/").text

    trail = [page.index(part) for part in (">Home</a>", ">Nieuws en publicaties</a></li>", ">Nieuwsarchief</a></li>")]
    assert trail == sorted(trail)


@pytest.mark.parametrize(
    "given",
    [
        {"state": ArticleState.DRAFT},
        {"state": ArticleState.ARCHIVED},
        {"published_at": datetime(2999, 1, 1, tzinfo=UTC)},
        {"state": ArticleState.DRAFT, "published_at": None},
    ],
    ids=["draft", "withdrawn", "planned", "never published"],
)
def test_what_is_not_out_is_nowhere(client, given):
    make_article(slug="geheim", title="Geheim plan", **given)

    assert client.get("/nieuws/geheim/").status_code == 404
    for address in ("/", "/nieuws/", "/nieuws/archief/", "/sitemap.xml"):
        assert "geheim" not in client.get(address).text.lower()


def test_related_articles_share_a_theme_or_a_wijk(client):
    wijk, topic = make_neighbourhood(), make_topic()
    make_article(slug="dit", title="Dit bericht", neighbourhoods=[wijk], topics=[topic])
    make_article(title="Zelfde wijk", neighbourhoods=[wijk])
    make_article(title="Zelfde thema", topics=[topic])
    make_article(title="Iets anders")

    page = client.get("/nieuws/dit/").text

    assert "Zelfde wijk" in page
    assert "Zelfde thema" in page
    assert "Iets anders" not in page


def test_the_archive_counts_by_year_and_shows_each_year(client):
    make_article(title="Oudjaar", published_at=datetime(2019, 12, 31, 22, 59, tzinfo=UTC))
    make_article(title="Nieuwjaar", published_at=datetime(2019, 12, 31, 23, 1, tzinfo=UTC))
    make_article(title="Later", published_at=datetime(2020, 5, 1, tzinfo=UTC))

    years = client.get("/nieuws/archief/").text
    year = client.get("/nieuws/archief/2020/").text

    assert 'href="/nieuws/archief/2020/">2020 <span>2 nieuwsberichten</span>' in years
    assert 'href="/nieuws/archief/2019/">2019 <span>1 nieuwsbericht</span>' in years
    assert "Nieuwjaar" in year
    assert "Later" in year
    assert "Oudjaar" not in year


@pytest.mark.parametrize("year", ["2018", "1899", "99999", "x", "-1", "0"])
def test_a_year_without_articles_is_not_found(client, some_news, year: str):
    assert client.get(f"/nieuws/archief/{year}/").status_code == 404
