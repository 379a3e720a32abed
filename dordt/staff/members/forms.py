"""Making an account and changing one."""

from typing import Any

from wtforms import EmailField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type hints

from dordt.accounts.rights import ROLE_LABELS
from dordt.shared.forms import DordtForm, at_most, email_address, required

ROLE_CHOICES = [SelectChoice(name, f"{label}: {may[0].lower()}{may[1:]}") for name, (label, may) in ROLE_LABELS.items()]
NEW = {"autocomplete": "new-password"}


def _role_field() -> Any:
    return RadioField("Rol", choices=ROLE_CHOICES, validators=[required("Kies een rol.")], validate_choice=False)


class AddMemberForm(DordtForm):
    name = StringField(
        "Naam", validators=[required("Vul de naam in."), at_most(120)], render_kw={"autocomplete": "off"}
    )
    email = EmailField(
        "E-mailadres",
        validators=[required("Vul het e-mailadres in."), at_most(254), email_address()],
        render_kw={"autocomplete": "off"},
    )
    role = _role_field()
    password = PasswordField("Eerste wachtwoord", validators=[required("Vul een wachtwoord in.")], render_kw=NEW)


class ChangeRoleForm(DordtForm):
    role = _role_field()


class SetPasswordForm(DordtForm):
    """A new password for somebody who lost theirs."""

    password = PasswordField("Nieuw wachtwoord", validators=[required("Vul een wachtwoord in.")], render_kw=NEW)


class ChangePasswordForm(DordtForm):
    """Another password for oneself."""

    current = PasswordField(
        "Huidig wachtwoord",
        validators=[required("Vul uw huidige wachtwoord in."), at_most(1000)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField("Nieuw wachtwoord", validators=[required("Vul een nieuw wachtwoord in.")], render_kw=NEW)
