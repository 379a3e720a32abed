"""A newsletter with every kind of block, as an editor could have written it."""

from datetime import UTC, datetime
from pathlib import Path

from dordt.newsletters.content import block_kinds
from dordt.newsletters.content.block_kinds import BlockContent, BlockKind
from dordt.newsletters.models import Newsletter
from tests.factories.media import make_image
from tests.factories.news import make_article
from tests.factories.newsletters import make_newsletter
from tests.factories.workgroups import make_meeting, make_workgroup

DRAWINGS = Path(__file__).parents[2] / "dordt" / "development" / "seed" / "images"
STARTS_AT = datetime(2027, 3, 9, 18, 30, tzinfo=UTC)
ENDS_AT = datetime(2027, 3, 9, 20, 30, tzinfo=UTC)
SUBJECT = "Het Sterrenburgpark is klaar"
PREHEADER = "Kom zaterdag kijken. En praat mee over de haven, op 9 maart."
INTRO = """Beste lezer,

Het Sterrenburgpark is **klaar**. Dank aan iedereen die meedacht: de [werkgroep](/werkgroepen/), de scholen en \
honderdtwaalf bewoners die een tekening stuurden.

In deze nieuwsbrief leest u wat er nog meer gebeurt in uw wijk."""
PARK = """Tien jaar geleden was het een grasveld met een pad. Nu staan er een waterspeelplaats, een kruidentuin en \
banken in de schaduw."""
OUTCOME = """In januari vroegen 23 mensen om licht op het fietspad langs de Zuidendijk. Dat komt er:

- in april zetten wij **twaalf lampen** neer;
- bij de sloot blijft het donker, voor de vleermuizen.

Wat niet kon: een bankje bij de bushalte. De stoep is daar te smal."""
TEXT = """## Zaterdag 13 maart

Van 10.00 tot 12.00 uur ruimen wij op in Krispijn. Handschoenen en koffie zijn er.

## Elke woensdag

Spreekuur in de wijkhuizen. Een afspraak is niet nodig. Bel vooraf als u een tolk wilt: [14 078](tel:14078)."""


def make_whole_newsletter() -> Newsletter:
    """Its draft is the same each time, but for the keys of its pictures."""
    return make_newsletter(subject=SUBJECT, preheader=PREHEADER, intro=INTRO, blocks=_blocks())


def _blocks() -> list[BlockContent]:
    group = make_workgroup(
        slug="haven",
        name="werkgroep Haven",
        summary="Schippers en bewoners maken samen afspraken over geluid, licht en parkeren aan de kades.",
    )
    meeting = make_meeting(
        group,
        starts_at=STARTS_AT,
        ends_at=ENDS_AT,
        title="Aan tafel over de kades",
        location="Het Energiehuis, Noordendijk 148",
    )
    return [
        _park(),
        _table(),
        BlockContent(
            BlockKind.WORKGROUP, title="Werkgroep Haven", text=group.summary, workgroup="haven", meeting_id=meeting.id
        ),
        BlockContent(
            BlockKind.QUOTE,
            title="Mevrouw Bakker, Sterrenburg",
            text="Mijn kleindochter tekende de hut. En hij staat er echt.",
        ),
        BlockContent(
            BlockKind.IMAGE,
            title="De nieuwe waterspeelplaats, getekend door groep 6 van de Sterrenschool.",
            media=_drawing("waterspeelplaats"),
            alt="Kinderen spelen bij een pomp en een ondiepe beek",
        ),
        BlockContent(BlockKind.BUTTON, title="Stel uw vraag of deel een idee", url="/contact/"),
        BlockContent(BlockKind.OUTCOME, title="Licht langs de Zuidendijk", text=OUTCOME, url="/nieuws/aan-tafel/"),
        BlockContent(BlockKind.TEXT, title="Zet in uw agenda", text=TEXT),
    ]


def _park() -> BlockContent:
    article = make_article(slug="het-park-is-klaar", title="Van grasveld tot park & speelplek", intro=PARK)
    return BlockContent(
        BlockKind.ARTICLE,
        title=article.title,
        text=article.intro,
        article=article.slug,
        media=_drawing("sterrenburgpark"),
        alt="Bewoners zitten op banken onder jonge bomen",
    )


def _table() -> BlockContent:
    intro = "Een schipper en zijn overbuurvrouw kregen ruzie over een motor. Na één avond hadden zij een plan."
    return block_kinds.from_article(make_article(slug="aan-tafel", title="Eén avond aan tafel", intro=intro))


def _drawing(name: str) -> str:
    return make_image(f"{name}.png", (DRAWINGS / f"{name}.png").read_bytes()).key
