"""E-mail by the configured backend: at least once.

SMTP knows no key against repetition. Every attempt carries the same Message-ID, by which mailboxes may know a second
copy that leaves when a process dies between sending and noting it.
"""

from __future__ import annotations

import hashlib
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from bookings.messaging.base import DeliveryError, Message

_REFUSED_FOR_GOOD = 500


def send(address: str, message: Message) -> None:
    """Hand a message to the mail server. Raises DeliveryError."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    headers = {"Message-ID": f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{host}>"}
    try:
        EmailMessage(message.subject, message.text, None, [address], headers=headers).send()
    except SMTPRecipientsRefused as error:
        refused = all(code >= _REFUSED_FOR_GOOD for code, _ in error.recipients.values())
        raise DeliveryError("recipient refused", permanent=refused) from None
    except SMTPDataError as error:
        raise DeliveryError("message refused", permanent=error.smtp_code >= _REFUSED_FOR_GOOD) from None
    except ValueError as error:  # of an address or a subject that no message can have; the text would name them
        raise DeliveryError(type(error).__name__, permanent=True) from None
    except (OSError, SMTPException) as error:
        raise DeliveryError(type(error).__name__, permanent=False) from None
