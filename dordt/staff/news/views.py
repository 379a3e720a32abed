"""News: writing, looking at it, publishing, taking it back."""

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dordt.news import services
from dordt.news.labels import STATE_LABELS
from dordt.news.models import Article
from dordt.news.slugs import reserved
from dordt.places import services as places
from dordt.shared import clock
from dordt.shared.formats import dutch_date_time
from dordt.shared.forms import require_csrf
from dordt.shared.reading import page, row_or_404
from dordt.staff.guard import member
from dordt.staff.news import drafting
from dordt.staff.news.forms import EditArticleForm

bp = Blueprint("news", __name__, url_prefix="/nieuws")
NUMBER = "<int:article_id>"
EDITED_MEANWHILE = (
    "Iemand anders heeft dit bericht intussen bewaard. Uw tekst staat er nog. "
    "Vergelijk hem met de bewaarde tekst onderaan. Bewaart u nog een keer? Dan vervangt uw tekst de andere."
)


@bp.get("/")
def index() -> ResponseReturnValue:
    """All articles, what was changed last first."""
    chosen = {"status": request.args.get("status", ""), "zoek": request.args.get("zoek", "").strip()[:200]}
    states = [state for state in STATE_LABELS if state == chosen["status"]]
    found = page(Article.for_editors(*states, words=chosen["zoek"]), request.args.get("pagina"))
    return render_template(
        "staff/news/index.html", page=found, chosen=chosen, state_labels=STATE_LABELS, at=clock.now()
    )


@bp.route("/nieuw/", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """An empty page to write on."""
    return _write(None)


@bp.route(f"/{NUMBER}/", methods=["GET", "POST"])
def edit(article_id: int) -> ResponseReturnValue:
    """One article, to be changed."""
    return _write(row_or_404(Article.numbered(article_id)))


@bp.post("/voorbeeld/")
def preview() -> ResponseReturnValue:
    """The text as residents would see it, for the script that shows it beside the form; nothing is kept."""
    require_csrf()
    draft = drafting.preview_of(_form(None))
    return jsonify(html=render_template("staff/news/_preview.html", draft=draft))


@bp.post(f"/{NUMBER}/publiceren/")
def publish(article_id: int) -> ResponseReturnValue:
    """Show what is stored to residents."""
    require_csrf()
    services.publish_article(article_id, by=member(), at=clock.now())
    flash("Het bericht is gepubliceerd.", "ok")
    return redirect(url_for(".edit", article_id=article_id), code=303)


@bp.post(f"/{NUMBER}/intrekken/")
def withdraw(article_id: int) -> ResponseReturnValue:
    """Take it off the site."""
    require_csrf()
    services.withdraw_article(article_id, by=member(), at=clock.now())
    flash("Het bericht is ingetrokken. Inwoners kunnen het niet meer lezen.", "ok")
    return redirect(url_for(".edit", article_id=article_id), code=303)


def _write(article: Article | None) -> ResponseReturnValue:
    form = _form(article)
    is_sent = form.is_submitted()
    is_right = form.validate() if is_sent else False
    if is_sent and not form.has_expired:
        drafting.keep_uploads(form, at=clock.now())
    if is_right and request.form.get("do") != "preview" and (saved := _save(form, article)):
        return redirect(url_for(".edit", article_id=saved.id), code=303)
    return _shown(form, article), form.status


def _save(form: EditArticleForm, article: Article | None) -> Article | None:
    """Store it, or say in the form why not."""
    publish = request.form.get("do") == "publish"
    content, by, at = drafting.content_of(form), member(), clock.now()
    try:
        if article is None:
            saved = services.create_article(content, by=by, at=at, publish=publish)
        else:
            saved = services.save_article(
                article.id, content, edit_version=form.opened_version, by=by, at=at, publish=publish
            )
    except services.SlugTaken:
        form.slug.errors = ["Een ander bericht heeft dit adres al. Kies een ander laatste deel."]
        return None
    except services.EditedMeanwhile:
        form.form_errors.append(EDITED_MEANWHILE)
        return None
    flash(" ".join(filter(None, [_done(saved, publish=publish), form.published_at.note])), "ok")
    return saved


def _done(article: Article, *, publish: bool) -> str:
    if not publish or article.published_at is None:
        return "Het bericht is bewaard."
    if article.is_out(clock.now()):
        return "Het bericht is bewaard en gepubliceerd."
    return f"Het bericht is bewaard. Inwoners kunnen het lezen vanaf {dutch_date_time(article.published_at)}."


def _shown(form: EditArticleForm, article: Article | None) -> str:
    stored = row_or_404(Article.numbered(article.id)) if article else None
    was_overtaken = EDITED_MEANWHILE in form.form_errors
    if was_overtaken and stored:
        form.edit_version.data = str(stored.edit_version)  # who saves again has been told
    return render_template(
        "staff/news/edit.html",
        form=form,
        article=stored,
        image=drafting.show_kept(form),
        draft=drafting.preview_of(form),
        overtaken_by=stored if was_overtaken else None,
        state_labels=STATE_LABELS,
        at=clock.now(),
    )


def _form(article: Article | None) -> EditArticleForm:
    return EditArticleForm(
        article,
        neighbourhoods=places.neighbourhood_choices(),
        topics=places.topic_choices(),
        reserved=reserved(rule.rule for rule in current_app.url_map.iter_rules()),
    )
