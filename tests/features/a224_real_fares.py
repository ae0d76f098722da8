"""The Fares v2 of C-TRAN, over a few lines of our own: 104 rows of products, timeframes and transfer rules."""

import zipfile
from pathlib import Path

from tests.features.town import Town

LINES = """
stop A 60.10 24.90 Ash
stop B 60.14 24.90 Birch
stop C 60.18 24.90 Cedar
stop D 60.22 24.90 Dogwood
line L1 bus A 8:00 B 8:20
line L2 bus B 8:30 C 8:50
line R bus C 9:00 D 9:30
line X bus B 20:00 C 20:30

[networks.txt]
network_id
LOCAL
REGIONAL
EXPRESS

[route_networks.txt]
route_id,network_id
L1,LOCAL
L2,LOCAL
R,REGIONAL
X,EXPRESS

[calendar.txt]
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,1,1,20260101,20271231
1-WKDY,1,1,1,1,1,0,0,20260101,20271231
2-SAT,0,0,0,0,0,1,0,20260101,20271231
3-SUN,0,0,0,0,0,0,1,20260101,20271231
4-NYE,0,0,0,0,0,0,0,20260101,20271231
FARES_NYE,0,0,0,0,0,0,0,20260101,20271231
FARES_NYE_JAN1,0,0,0,0,0,0,0,20260101,20271231

[calendar_dates.txt]
service_id,date,exception_type
1-WKDY,20261231,2
4-NYE,20261231,1
FARES_NYE,20261231,1

"""
FARES = ("rider_categories", "fare_media", "fare_products", "fare_leg_rules", "fare_transfer_rules", "timeframes")


def feed(path: Path) -> str:
    """Our lines with the fares of a feed."""
    with zipfile.ZipFile(path) as archive:
        tables = {name: archive.read(f"{name}.txt").decode("utf-8-sig") for name in FARES}
    return LINES + "\n".join(f"[{name}.txt]\n{table.strip()}\n" for name, table in tables.items())


def test_ctran(town: Town, shared_data: Path) -> None:
    town.publish(ctran=feed(shared_data / "fares" / "ctran-fares-v2.zip"))
    media = "Cash, Ticket, HOP Fastpass, Open Payment, Virtual HOP Fastpass"
    others = "Cash, HOP Fastpass, Open Payment, Virtual HOP Fastpass"
    assert town.fares("ctran:A", "ctran:C", "07:50", "adult:1,senior:1,youth:1") == [
        f"adult 1.25 = ticket 1.25 [0] + change_free 0.00 [1] ({media})",
        f"senior 0.60 = ticket 0.60 [0] + change_free 0.00 [1] ({media})",
        f"youth 0.00 = ticket 0.00 [0] + change_free 0.00 [1] ({others})",
    ]
    # From a local to a regional bus one pays the difference, of which paper tickets know nothing.
    assert town.fares("ctran:B", "ctran:D", "08:25", "adult:1,senior:1") == [
        f"adult 2.50 = ticket 1.25 [0] + change_costs 1.25 [1] ({others})",
        f"senior 1.25 = ticket 0.60 [0] + change_costs 0.65 [1] ({others})",
    ]
    assert town.fares("ctran:B", "ctran:C", "19:50") == [f"adult 3.00 = ticket 3.00 [0] ({media})"]
    # New Year's Eve is free from 18 o'clock.
    assert town.fares("ctran:B", "ctran:C", "19:50", day="2026-12-31") == [f"adult 0.00 = ticket 0.00 [0] ({media})"]
