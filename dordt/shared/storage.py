"""Where files are kept: any fsspec URL (MEDIA_URL), a local folder by default."""

from typing import IO, Any

import fsspec
from flask import current_app


def save(path: str, content: bytes) -> None:
    """Write a file whole; a reader never sees half of it on a local folder or on S3."""
    system, root = _storage()
    target = f"{root}/{path}"
    system.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
    with system.transaction, system.open(target, "wb") as file:
        file.write(content)


def open_file(path: str) -> "IO[bytes]":
    """A file for reading; raises FileNotFoundError."""
    system, root = _storage()
    file: IO[bytes] = system.open(f"{root}/{path}", "rb")
    return file


def exists(path: str) -> bool:
    system, root = _storage()
    return bool(system.exists(f"{root}/{path}"))


def delete(path: str) -> None:
    """Remove a file; one that is gone already is no error."""
    system, root = _storage()
    if system.exists(f"{root}/{path}"):
        system.rm(f"{root}/{path}")


def _storage() -> tuple[Any, str]:
    system, root = fsspec.core.url_to_fs(current_app.config["MEDIA_URL"])
    return system, root.rstrip("/")
