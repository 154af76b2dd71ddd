"""Forms of sign-in and passwords."""

from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from facilities.accounts.passwords import LEAST_LENGTH
from facilities.web.forms import HouseForm


class SignInForm(HouseForm):
    """Name and password."""

    username = StringField("User name", [DataRequired("Type your user name.")])
    password = PasswordField("Password", [DataRequired("Type your password.")])


class PasswordForm(HouseForm):
    """A new password, twice."""

    password = PasswordField(
        "New password",
        [Length(min=LEAST_LENGTH, message=f"At least {LEAST_LENGTH} characters.")],
    )
    again = PasswordField("The same again", [EqualTo("password", "The two are not the same.")])


class ChangePasswordForm(PasswordForm):
    """A new password for a person who knows the old one."""

    current = PasswordField("Current password", [DataRequired("Type your current password.")])
