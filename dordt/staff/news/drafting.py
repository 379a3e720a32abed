"""From what stands in the form to what the service stores and the preview shows."""

from collections.abc import Iterator
from datetime import datetime

from dordt.media.models import MediaFile, MediaKind
from dordt.news import services
from dordt.news.models import Article, Attachment
from dordt.news.services import Content
from dordt.places import services as places
from dordt.shared.formats import kilobytes
from dordt.shared.reading import rows
from dordt.staff.news.forms import EditArticleForm, kept_attachment


def keep_uploads(form: EditArticleForm, *, at: datetime) -> None:
    """Take the files in that came along, and put them in the form by their key: they need not be chosen twice."""
    if form.image_remove.data:
        form.image_key.data, form.image_remove.data = "", False
    if form.image.content:
        form.image_key.data = services.keep_image(form.image.content, form.image.filename, at=at).key
    if form.attachment.content and form.attachment_title.data:
        kept = services.keep_document(form.attachment.content, form.attachment.filename, at=at)
        form.attachments.data = [*(form.attachments.data or []), kept_attachment(kept.key, form.attachment_title.data)]
        form.attachment_title.data = ""


def show_kept(form: EditArticleForm) -> MediaFile | None:
    """Give the form its list of documents, and return its picture."""
    kept = list(_documents(form))
    form.attachments.choices = [
        (kept_attachment(media.key, title), f"{title} ({kilobytes(media.size)})") for media, title in kept
    ]
    return _picture(form)


def content_of(form: EditArticleForm) -> Content:
    """What the service stores."""
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


def preview_of(form: EditArticleForm) -> Article:
    """The article as it would be; it belongs to no session and is never stored."""
    content = content_of(form)
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
