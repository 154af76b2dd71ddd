"""The mail channel: SMTP, with TLS where the URL says so."""

import hashlib
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from facilities.errors import Refused, Unavailable
from facilities.notify.service import Letter

TIMEOUT_S = 20


def mail_channel(url: str, sender: str) -> Callable[[Letter], None]:
    """A channel from `smtp://[USER:PASS@]HOST[:PORT]`, smtps:// or smtp+starttls://.

    Raises Refused for another scheme. The channel raises Unavailable when the server does not take
    a letter.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname:
        raise Refused("RACKHOUSE_SMTP_URL must be smtp://, smtps:// or smtp+starttls://HOST:PORT.")
    host, port = parts.hostname, parts.port or (465 if parts.scheme == "smtps" else 25)

    def send(letter: Letter) -> None:
        context = ssl.create_default_context()
        try:
            server = (
                smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
                if parts.scheme == "smtps"
                else smtplib.SMTP(host, port, timeout=TIMEOUT_S)
            )
            with server:
                if parts.scheme == "smtp+starttls":
                    server.starttls(context=context)
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(_mail(letter, sender))
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"mail to {letter.to}: {error}") from error

    return send


def _mail(letter: Letter, sender: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, letter.to, letter.subject
    tag = hashlib.sha256(letter.once.encode()).hexdigest()[:32]
    mail["Message-ID"] = f"<{tag}@rackhouse>"  # the same fact has the same id, also after a crash
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body)
    return mail
