"""The sign-in form."""

from wtforms import EmailField, PasswordField

from dordt.shared.forms import DordtForm, at_most, email_address, required


class SignInForm(DordtForm):
    """E-mail address and password; the answer to a wrong one never says which of the two it was."""

    website = None  # type: ignore[assignment]  # password managers fill it in, and who signs in has a password to prove it
    email = EmailField(
        "E-mailadres",
        validators=[required("Vul uw e-mailadres in."), at_most(254), email_address()],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Wachtwoord",
        validators=[required("Vul uw wachtwoord in."), at_most(1000)],
        render_kw={"autocomplete": "current-password"},
    )
