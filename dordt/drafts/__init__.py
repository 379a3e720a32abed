"""Texts that members of staff have begun and not sent yet."""
