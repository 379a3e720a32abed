"""The public keys in the DNS (RFC 6376, 3.6.1), against the keys that we sign with."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from config import SettingProblem
from dordt.mailer.smtp.signing import SigningKey, keys_of, signing_domain
from dordt.operations.checking.findings import Finding, fail, info, ok, txt_record, warn
from dordt.operations.checking.names import CannotLookUp, Names

SUBJECT = "DKIM"
HOW_TO_SEE = "send yourself a mail and look in its source for Authentication-Results: dkim=pass with header.d="


def check(config: Mapping[str, Any], names: Names) -> Iterator[Finding]:
    """Whether receivers can verify what is signed."""
    try:
        keys, domain = keys_of(config), signing_domain(config)
    except SettingProblem as problem:
        yield fail(SUBJECT, str(problem))
        return
    for key in keys:
        yield _looked_up(key, names)
    if keys:
        return
    yield info(SUBJECT, f"MAIL_DKIM_KEY_FILE is not set, so the relay must sign: {HOW_TO_SEE}{domain}")
    if config["MAIL_DKIM_SELECTOR"]:
        yield _of_relay(f"{config['MAIL_DKIM_SELECTOR']}._domainkey.{domain}", names)


def tags(record: str) -> dict[str, str]:
    """A list of `name=value;` as DKIM and DMARC write it; white space does not count."""
    pairs = (part.partition("=") for part in record.split(";") if "=" in part)
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs}


def _looked_up(key: SigningKey, names: Names) -> Finding:
    try:
        records = names.txt(key.record_name)
    except CannotLookUp:
        return warn(SUBJECT, f"{key.record_name} cannot be looked up")
    wanted = txt_record(key.record_name, key.record)
    if not records:
        return fail(SUBJECT, f"{key.record_name} has no record: nobody can verify our {key.algorithm}", wanted)
    if len(records) > 1:
        return fail(SUBJECT, f"{key.record_name} has {len(records)} TXT records; it must be one", wanted)
    problem = _problem(tags(records[0]), key)
    if problem:
        return fail(SUBJECT, f"{key.record_name} {problem}", wanted)
    if "y" in tags(records[0]).get("t", "").split(":"):
        return warn(SUBJECT, f"{key.record_name} says t=y (testing): receivers may ignore the signature", wanted)
    return ok(SUBJECT, f"{key.record_name} holds the key that we sign with ({key.algorithm})")


def _problem(found: Mapping[str, str], key: SigningKey) -> str | None:
    kind = key.algorithm.partition("-")[0]
    if found.get("v", "DKIM1") != "DKIM1" or "p" not in found:
        return "is no DKIM record"
    if not found["p"]:
        return "says that the key is revoked (p= is empty)"
    if found.get("k", "rsa") != kind:
        return f"holds a key of another kind ({found.get('k', 'rsa')}, not {kind})"
    if "sha256" not in found.get("h", "sha256").split(":"):
        return "does not allow sha256 (h=)"
    return None if _same(found["p"], key.public) else "holds another key than the one that we sign with"


def _same(written: str, public: bytes) -> bool:
    """RSA keys are written in two ways: with or without their kind in front."""
    try:
        found = base64.b64decode(written, validate=True)
        return found == public or _with_kind(found) == public
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return False


def _with_kind(der: bytes) -> bytes:
    return load_der_public_key(der).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _of_relay(name: str, names: Names) -> Finding:
    try:
        records = names.txt(name)
    except CannotLookUp:
        return warn(SUBJECT, f"{name} cannot be looked up")
    if not any(tags(record).get("p") for record in records):
        return fail(SUBJECT, f"{name} holds no key; ask who runs the relay for the record")
    return ok(SUBJECT, f"{name} holds a key; whether the relay signs with it cannot be seen from here")
