"""News: writing, looking at it, publishing, taking it back."""

from collections.abc import Callable, Iterator
from datetime import datetime

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.media.models import MediaFile, MediaKind
from dordt.news import services
from dordt.news.labels import STATE_LABELS
from dordt.news.models import Article, ArticleState, Attachment, reserved
from dordt.news.services import Content
from dordt.places import services as places
from dordt.shared import clock
from dordt.shared.formats import dutch_date_time, kilobytes
from dordt.shared.forms import require_csrf
from dordt.shared.reading import page, row_or_404, rows
from dordt.shared.requests import whole_number
from dordt.shared.search import words_of
from dordt.staff.access import member
from dordt.staff.news.forms import EditArticleForm, kept_attachment

bp = Blueprint("news", __name__, url_prefix="/nieuws")
NUMBER = "<int:article_id>"
STORED_STATES = (ArticleState.DRAFT, ArticleState.PUBLISHED, ArticleState.ARCHIVED)
EDITED_MEANWHILE = (
    "Iemand anders heeft dit nieuwsbericht intussen bewaard. Uw tekst staat er nog. "
    "Vergelijk hem met de bewaarde tekst onderaan. Bewaart u nog een keer? Dan vervangt uw tekst de andere."
)

CHANGED_MEANWHILE = (
    "Iemand anders heeft dit nieuwsbericht intussen gewijzigd. Er is niets gedaan. "
    "Hieronder staat het zoals het nu is: bekijk het en kies dan."
)


@bp.get("/")
def index() -> ResponseReturnValue:
    """All articles, what was changed last first."""
    chosen = {"status": request.args.get("status", ""), "zoek": words_of(request.args.get("zoek"))}
    states = [state for state in STORED_STATES if state == chosen["status"]]
    found = page(Article.for_editors(*states, words=chosen["zoek"]), request.args.get("pagina"))
    return render_template(
        "staff/news/index.html",
        page=found,
        chosen=chosen,
        stored_states=STORED_STATES,
        state_labels=STATE_LABELS,
        at=clock.now(),
    )


@bp.route("/nieuw/", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    return _write(None)


@bp.route(f"/{NUMBER}/", methods=["GET", "POST"])
def edit(article_id: int) -> ResponseReturnValue:
    return _write(row_or_404(Article.numbered(article_id)))


@bp.post("/voorbeeld/")
def preview() -> ResponseReturnValue:
    """The text as residents would see it, for the script that shows it beside the form; nothing is kept."""
    require_csrf()
    draft = _preview_of(_form(None))
    return jsonify(html=render_template("staff/news/_preview.html", draft=draft))


@bp.post(f"/{NUMBER}/publiceren/")
def publish(article_id: int) -> ResponseReturnValue:
    return _switch(article_id, services.publish_article, "Het nieuwsbericht is gepubliceerd.")


@bp.post(f"/{NUMBER}/intrekken/")
def withdraw(article_id: int) -> ResponseReturnValue:
    done = "Het nieuwsbericht is ingetrokken. Bewoners kunnen het niet meer lezen."
    return _switch(article_id, services.withdraw_article, done)


def _switch(article_id: int, step: Callable[..., Article], done: str) -> ResponseReturnValue:
    require_csrf()
    try:
        seen = whole_number(request.form.get("seen")) or 0
        step(article_id, edit_version=seen, by=member(), at=clock.now())
    except services.EditedMeanwhile:
        stored = row_or_404(Article.numbered(article_id))
        form = _form(stored, as_stored=True)
        form.form_errors.append(CHANGED_MEANWHILE)
        return _shown(form, stored), 422
    flash(done, "ok")
    return redirect(url_for(".edit", article_id=article_id), code=303)


def _write(article: Article | None) -> ResponseReturnValue:
    form = _form(article)
    is_sent = form.is_submitted()
    is_right = form.validate() if is_sent else False
    if is_sent and not form.has_expired:
        _keep_uploads(form, at=clock.now())
    if is_right and request.form.get("action") != "preview" and (saved := _save(form, article)):
        return redirect(url_for(".edit", article_id=saved.id), code=303)
    return _shown(form, article), form.status


def _save(form: EditArticleForm, article: Article | None) -> Article | None:
    """Store it, or say in the form why not."""
    publish = request.form.get("action") == "publish"
    content, by, at = _content_of(form), member(), clock.now()
    was_planned = article is not None and article.state_at(at) == ArticleState.SCHEDULED
    try:
        if article is None:
            saved = services.create_article(content, by=by, at=at, publish=publish)
        else:
            saved = services.save_article(
                article.id, content, edit_version=form.opened_version, by=by, at=at, publish=publish
            )
    except services.SlugTaken:
        form.slug.errors = ["Een ander nieuwsbericht heeft dit adres al. Kies een ander laatste deel."]
        return None
    except services.EditedMeanwhile:
        form.form_errors.append(EDITED_MEANWHILE)
        return None
    about_moment = form.published_at.note or _emptied(form, saved, was_planned=was_planned)
    flash(" ".join(filter(None, [_done(saved, publish=publish), about_moment])), "ok")
    return saved


def _emptied(form: EditArticleForm, saved: Article, *, was_planned: bool) -> str:
    """What became of a moment that was taken away, where that was more than a note of a draft."""
    if form.published_at.moment is not None:
        return ""
    if was_planned and saved.state == ArticleState.DRAFT:
        return "Het is weer een concept: het verschijnt zodra u het publiceert."
    is_kept = saved.published_at is not None and saved.published_at < saved.updated_at
    return "Bewoners konden het al lezen: daarom blijft de datum staan." if is_kept else ""


def _done(article: Article, *, publish: bool) -> str:
    if not publish or article.published_at is None:
        return "Het nieuwsbericht is bewaard."
    if article.is_out(clock.now()):
        return "Het nieuwsbericht is bewaard en gepubliceerd."
    return f"Het nieuwsbericht is bewaard. Bewoners kunnen het lezen vanaf {dutch_date_time(article.published_at)}."


def _shown(form: EditArticleForm, article: Article | None) -> str:
    stored = row_or_404(Article.numbered(article.id)) if article else None
    was_overtaken = EDITED_MEANWHILE in form.form_errors
    if was_overtaken and stored:
        form.edit_version.data = str(stored.edit_version)  # who saves again has been told
    return render_template(
        "staff/news/edit.html",
        form=form,
        article=stored,
        image=_show_kept(form),
        draft=_preview_of(form),
        overtaken_by=stored if was_overtaken else None,
        state_labels=STATE_LABELS,
        at=clock.now(),
    )


def _form(article: Article | None, *, as_stored: bool = False) -> EditArticleForm:
    return EditArticleForm(
        article,
        as_stored=as_stored,
        neighbourhoods=places.neighbourhood_choices(),
        topics=places.topic_choices(),
        reserved=reserved(rule.rule for rule in current_app.url_map.iter_rules()),
    )


def _keep_uploads(form: EditArticleForm, *, at: datetime) -> None:
    """Take the files in that came along, and put them in the form by their key: they need not be chosen twice."""
    if form.image_remove.data:
        form.image_key.data, form.image_remove.data = "", False
    if form.image.content:
        form.image_key.data = services.keep_image(form.image.content, form.image.filename, at=at).key
    if form.attachment.content and form.attachment_title.data:
        kept = services.keep_document(form.attachment.content, form.attachment.filename, at=at)
        form.attachments.data = [*(form.attachments.data or []), kept_attachment(kept.key, form.attachment_title.data)]
        form.attachment_title.data = ""


def _show_kept(form: EditArticleForm) -> MediaFile | None:
    """Give the form its list of documents, and return its picture."""
    kept = list(_documents(form))
    form.attachments.choices = [
        (kept_attachment(media.key, title), f"{title} ({kilobytes(media.size)})") for media, title in kept
    ]
    return _picture(form)


def _content_of(form: EditArticleForm) -> Content:
    return Content(
        title=form.title.data or "",
        slug=form.slug.data or "" if "slug" in form else "",
        intro=form.intro.data or "",
        body=form.body.data or "",
        neighbourhoods=form.neighbourhoods.data or [],
        topics=form.topics.data or [],
        image=_picture(form),
        image_alt="" if form.image_decorative.data else form.image_alt.data or "",
        image_caption=form.image_caption.data or "",
        attachments=list(_documents(form)),
        published_at=form.published_at.moment,
    )


def _preview_of(form: EditArticleForm) -> Article:
    """The article as it would be; it belongs to no session and is never stored."""
    content = _content_of(form)
    return Article(
        title=content.title,
        intro=content.intro,
        body=content.body,
        image=content.image,
        image_alt=content.image_alt,
        image_caption=content.image_caption,
        neighbourhoods=places.neighbourhoods(content.neighbourhoods),
        attachments=[Attachment(media=media, title=title) for media, title in content.attachments],
        published_at=content.published_at,
    )


def _picture(form: EditArticleForm) -> MediaFile | None:
    found = rows(MediaFile.with_keys([form.image_key.data or ""], MediaKind.IMAGE))
    return found[0] if found else None


def _documents(form: EditArticleForm) -> Iterator[tuple[MediaFile, str]]:
    titles = dict(value.split(":", 1) for value in form.attachments.data or [] if ":" in value)
    found = {media.key: media for media in rows(MediaFile.with_keys(list(titles), MediaKind.DOCUMENT))}
    yield from ((found[key], title[:200]) for key, title in titles.items() if key in found)
