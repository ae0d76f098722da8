from __future__ import annotations

import base64
import hmac
import io
import json
import random
import re
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import segno
import zxingcpp
from cryptography.hazmat.primitives import serialization
from django.core.management import CommandError, call_command
from joserfc.jwk import OKPKey
from PIL import Image, ImageDraw

from bookings.models import Ticket
from bookings.services import ticket_keys, ticketing
from bookings.services.ticketing import TicketError
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.db, pytest.mark.usefixtures("data_dir")]
RIDE_AT = NOW + timedelta(minutes=40)


@pytest.fixture
def ticket() -> Ticket:
    booking = factories.order().bookings.all()[0]
    return ticketing.issue([booking], NOW)[0]


def test_ticket_says_what_may_be_ridden_and_names_nobody(ticket: Ticket) -> None:
    claims = ticketing.verify(ticket.token, ticket_keys.public_keys(), RIDE_AT, "bus")
    assert claims.serial == ticket.serial
    assert (claims.product, claims.category, claims.operator_code) == ("Zone AB", "adult", "bus")
    assert claims.legs == (ticketing.TicketLeg("3", "Asema", "Satama", "2026-11-23", "09:35"),)
    assert (claims.valid_from_at, claims.valid_until_at) == (ticket.valid_from_at, ticket.valid_until_at)
    assert b"Kotikatu" not in base64.urlsafe_b64decode(ticket.token.split(".")[1] + "==")


def test_issuing_twice_gives_the_same_ticket(ticket: Ticket) -> None:
    assert ticket.booking is not None
    assert ticketing.issue([ticket.booking], NOW)[0] == ticket
    assert Ticket.objects.count() == 2


def test_a_second_implementation_agrees(ticket: Ticket) -> None:
    """PyJWT knows Ed25519 under its older name EdDSA (RFC 8037), so its header check is set aside."""
    header, payload, signature = ticket.token.split(".")
    key = jwt.PyJWK(ticket_keys.to_jwks(ticket_keys.public_keys())["keys"][0] | {"alg": "EdDSA"})
    raw = base64.urlsafe_b64decode(signature + "==")
    assert jwt.get_algorithm_by_name("EdDSA").verify(f"{header}.{payload}".encode(), key.key, raw)
    assert json.loads(base64.urlsafe_b64decode(payload + "=="))["aud"] == "bus"


@pytest.mark.parametrize(
    ("after", "operator", "code"),
    [
        (timedelta(0), None, "not_yet_valid"),
        (timedelta(days=1), None, "expired"),
        (timedelta(minutes=40), "sea", "other_operator"),
    ],
)
def test_refused_outside_its_time_and_operator(
    ticket: Ticket, after: timedelta, operator: str | None, code: str
) -> None:
    with pytest.raises(TicketError, match=code):
        ticketing.verify(ticket.token, ticket_keys.public_keys(), NOW + after, operator)


def test_any_changed_byte_is_refused(ticket: Ticket) -> None:
    """Every position with every base64 character, and bytes that no token has."""
    keys = ticket_keys.public_keys()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    chance = random.Random(26)
    for position, old in enumerate(ticket.token):
        last = position == len(ticket.token) - 1
        for new in alphabet if last else [*chance.sample(alphabet, 5), ".", "=", "é", "\n"]:
            if new != old:
                with pytest.raises(TicketError):
                    ticketing.verify(ticket.token[:position] + new + ticket.token[position + 1 :], keys, RIDE_AT)
    for appended in ("=", "\n", " ", ".", "A", "."):
        with pytest.raises(TicketError):
            ticketing.verify(ticket.token + appended, keys, RIDE_AT)


def _with_header(token: str, **header: Any) -> str:
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return ".".join([encoded, *token.split(".")[1:]])


def test_swapped_algorithms_and_keys_are_refused(ticket: Ticket) -> None:
    keys = ticket_keys.public_keys()
    public = keys[ticket.kid].as_bytes(encoding="PEM", private=False)
    body = ".".join(_with_header(ticket.token, alg="HS256", kid=ticket.kid).split(".")[:2])
    mac = base64.urlsafe_b64encode(hmac.digest(public, body.encode(), "sha256")).decode().rstrip("=")
    forged = f"{body}.{mac}"
    stranger = OKPKey.generate_key("Ed25519")
    signed_by_stranger = ticketing._sign({"jti": "X"}, ticket.kid, stranger)
    for token in (
        forged,
        signed_by_stranger,
        _with_header(ticket.token, alg="none", kid=ticket.kid),
        _with_header(ticket.token, alg="EdDSA", kid=ticket.kid),
        _with_header(ticket.token, alg="Ed25519", kid="another"),
        _with_header(ticket.token, alg="Ed25519"),
        _with_header(ticket.token, alg="Ed25519", kid=[ticket.kid]),
        _with_header(ticket.token, alg="Ed25519", kid=ticket.kid, jwk=stranger.as_dict(private=False)),
    ):
        with pytest.raises(TicketError):
            ticketing.verify(token, keys | {"other": stranger}, RIDE_AT)


@pytest.mark.parametrize("header", ["[]", "1", "null", '"x"', "[" * 1500, '{"kid":{}}', "{}"])
def test_headers_that_are_none(ticket: Ticket, header: str) -> None:
    encoded = base64.urlsafe_b64encode(header.encode()).decode().rstrip("=")
    with pytest.raises(TicketError):
        ticketing.verify(".".join([encoded, *ticket.token.split(".")[1:]]), ticket_keys.public_keys(), RIDE_AT)


def test_old_tickets_outlive_a_change_of_keys(ticket: Ticket, data_dir: Path) -> None:
    newer = ticket_keys.create(NOW + timedelta(days=30))
    assert ticket_keys.signing_key(NOW)[0] == ticket.kid
    assert ticket_keys.signing_key(NOW + timedelta(days=30))[0] == newer
    assert ticketing.verify(ticket.token, ticket_keys.public_keys(), RIDE_AT).serial == ticket.serial
    for path in (data_dir / "keys" / "tickets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        serialization.load_pem_private_key(path.read_bytes(), None)


def _png_of_svg(svg: str, path: Path) -> Path:
    """Draws the one path of dark modules that the page shows: `h` runs at half-integer rows (segno's only form)."""
    size = int(re.findall(r'viewBox="0 0 (\d+) \d+"', svg)[0])
    image = Image.new("1", (size * 6, size * 6), 1)
    pen = ImageDraw.Draw(image)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-0-9. ]+)", re.findall(r'stroke="#000"[^>]* d="([^"]+)"', svg)[0]):
        values = [float(number) for number in re.findall(r"-?[0-9.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            pen.rectangle([x * 6, (y - 0.5) * 6, (x + values[0]) * 6 - 1, (y + 0.5) * 6 - 1], fill=0)
            x += values[0]
    image.save(path)
    return path


def test_the_code_on_the_page_is_read_and_verified_offline(ticket: Ticket, tmp_path: Path) -> None:
    png = _png_of_svg(ticketing.qr_svg(ticket.token), tmp_path / "ticket.png")
    assert zxingcpp.read_barcodes(Image.open(png))[0].text == ticket.token
    keys = tmp_path / "keys.json"
    out = io.StringIO()
    call_command("ticket_keys", stdout=out)
    keys.write_text(out.getvalue())
    assert '"d"' not in out.getvalue()
    out = io.StringIO()
    call_command("verify_ticket", str(png), "--keys", str(keys), "--now", RIDE_AT.isoformat(), stdout=out)
    assert out.getvalue().startswith(f"VALID {ticket.serial}: Zone AB, adult, bus")
    with pytest.raises(CommandError, match="REFUSED: expired"):
        call_command("verify_ticket", ticket.token, "--now", (RIDE_AT + timedelta(days=2)).isoformat())
    with pytest.raises(CommandError, match="REFUSED: other_operator"):
        call_command("verify_ticket", str(png), "--now", RIDE_AT.isoformat(), "--operator", "sea")


def test_the_code_survives_a_torn_corner(ticket: Ticket, tmp_path: Path) -> None:
    image = Image.open(_png_of_svg(ticketing.qr_svg(ticket.token), tmp_path / "ticket.png"))
    ImageDraw.Draw(image).rectangle(
        [image.width // 2, image.height // 2, image.width // 2 + 60, image.height // 2 + 40], fill=1
    )
    assert zxingcpp.read_barcodes(image)[0].text == ticket.token


def test_a_picture_without_a_code_is_no_ticket(tmp_path: Path) -> None:
    Image.new("L", (100, 100), 255).save(tmp_path / "blank.png")
    with pytest.raises(CommandError, match="shows 0 QR codes"):
        call_command("verify_ticket", str(tmp_path / "blank.png"))
    segno.make_qr("hello").save(str(tmp_path / "other.png"), scale=4)
    with pytest.raises(CommandError, match="REFUSED: malformed"):
        call_command("verify_ticket", str(tmp_path / "other.png"))
