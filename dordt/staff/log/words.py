"""How the log calls what was done, and to what."""

ACTIONS: dict[str, str] = {
    "member.created": "Account gemaakt",
    "member.role_changed": "Rol gewijzigd",
    "member.disabled": "Account gesloten",
    "member.enabled": "Account weer geopend",
    "member.password_changed": "Wachtwoord gewijzigd",
    "member.signed_in": "Ingelogd",
    "member.signed_out": "Uitgelogd",
    "member.sign_in_failed": "Inloggen mislukt",
}
SUBJECTS: dict[str, str] = {
    "staff_member": "Medewerker",
    "message": "Bericht",
    "membership": "Aanmelding",
    "workgroup": "Werkgroep",
    "article": "Nieuwsbericht",
    "newsletter": "Nieuwsbrief",
    "subscriber": "Abonnee",
    "delivery": "Verzending",
    "mail": "Mail",
}
DETAILS: dict[str, str] = {
    "before": "was",
    "after": "werd",
    "role": "rol",
    "outcome": "uitkomst",
    "files": "bestanden",
    "slug": "adres van de pagina",
    "address_hash": "kenmerk van het adres",
}
# Where a thing can be seen: the page, and the name of the row id in its address.
PAGES: dict[str, tuple[str, str]] = {"staff_member": ("staff.members.show", "member_id")}
