"""News: writing, looking at it, publishing, taking it back."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from dordt.drafts import services as drafts
from dordt.media.models import MediaFile, MediaKind
from dordt.news import services
from dordt.news.labels import STATE_LABELS
from dordt.news.models import Article, ArticleState, Attachment, reserved
from dordt.news.services import Content
from dordt.places import services as places
from dordt.shared import clock
from dordt.shared.formats import dutch_date_time, kilobytes
from dordt.shared.forms import has_csrf, require_csrf, why_expired
from dordt.shared.reading import page, row_or_404, rows
from dordt.shared.requests import whole_number
from dordt.shared.search import words_of
from dordt.staff.access import member
from dordt.staff.drafts import keeping
from dordt.staff.drafts.keeping import Drafted
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
TYPED_MEANWHILE = (
    "Iemand anders heeft dit nieuwsbericht intussen gewijzigd. Er is niets gedaan en uw tekst staat er nog. "
    "Vergelijk hem met de bewaarde tekst onderaan en kies dan."
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
    """Take a step with the stored article; what stands in the form is a draft, also afterwards."""
    stored = row_or_404(Article.numbered(article_id))
    if not has_csrf():
        return _refused(stored, why_expired()), 400
    try:
        seen = whole_number(request.form.get("seen")) or 0
        changed = step(article_id, edit_version=seen, by=member(), at=clock.now())
    except services.EditedMeanwhile:
        return _refused(row_or_404(Article.numbered(article_id)), CHANGED_MEANWHILE), 422
    drafts.begin_at("news.edit", article_id, "edit_version", str(changed.edit_version), by=member())
    flash(done, "ok")
    return redirect(url_for(".edit", article_id=article_id), code=303)


def _refused(stored: Article, reason: str) -> str:
    """The article as it is now, or with what was typed meanwhile."""
    form = _form(stored)
    if not form.was_posted(request.form) or not form.is_touched:
        form = _form(stored, formdata=None)
    else:
        reason = TYPED_MEANWHILE if reason == CHANGED_MEANWHILE else reason
    form.form_errors.append(reason)
    return _shown(form, stored)


def _write(article: Article | None) -> ResponseReturnValue:
    mine = keeping.mine("article", article.id if article else 0)
    form = _form(article, draft=mine.get("news.edit" if article else "news.new"))
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
    has_old_draft = not form.is_submitted() and stored is not None and form.opened_version != stored.edit_version
    was_overtaken = has_old_draft or not {EDITED_MEANWHILE, TYPED_MEANWHILE}.isdisjoint(form.form_errors)
    if was_overtaken and stored:
        form.edit_version.data = str(stored.edit_version)  # who saves again has been told
    return render_template(
        "staff/news/edit.html",
        form=form,
        article=stored,
        image=_show_kept(form),
        draft=_preview_of(form),
        overtaken_by=stored if was_overtaken else None,
        has_old_draft=has_old_draft,
        state_labels=STATE_LABELS,
        at=clock.now(),
    )


def _form(article: Article | None, **options: Any) -> EditArticleForm:
    return EditArticleForm(
        article,
        neighbourhoods=places.neighbourhood_choices(),
        topics=places.topic_choices(),
        reserved=reserved(rule.rule for rule in current_app.url_map.iter_rules()),
        **options,
    )


def _as_typed(article_id: int, typed: "MultiDict[str, str]") -> EditArticleForm | None:
    """The form of an article that is there still, with what was typed."""
    found = rows(Article.numbered(article_id))
    return _form(found[0], formdata=typed) if found else None


def _keep_uploads(form: EditArticleForm, *, at: datetime) -> None:
    """Take the files in that came along, and put them in the form by their key: they need not be chosen twice."""
    if form.image_remove.data:
        form.image_key.data, form.image_remove.data = "", False
    if form.image.content:
        form.image_key.data = services.keep_image(form.image.content, form.image.filename, by=member(), at=at).key
    if form.attachment.content and form.attachment_title.data:
        kept = services.keep_document(form.attachment.content, form.attachment.filename, by=member(), at=at)
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


keeping.register(
    Drafted("news.edit", "article", "news.edit", _as_typed),
    Drafted("news.new", "article", "news.new", lambda _id, typed: _form(None, formdata=typed), is_new=True),
)
