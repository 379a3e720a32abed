"""How the states of an article are called on screen."""

from dordt.news.models import ArticleState

STATE_LABELS = {
    ArticleState.DRAFT: "Concept",
    ArticleState.SCHEDULED: "Gepland",
    ArticleState.PUBLISHED: "Gepubliceerd",
    ArticleState.ARCHIVED: "Ingetrokken",
}
