"""Phone numbers in forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.services import contacts

WRITE_WHOLE = _("Please write the number with its country: +358 40 1234567.")


class PhoneField(forms.RegexField):
    """A number as in E.164, however it is grouped."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(contacts.PHONE, error_messages={"invalid": WRITE_WHOLE}, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Without what people put between the digits."""
        return super().to_python("".join(each for each in value or "" if each not in " -()."))
