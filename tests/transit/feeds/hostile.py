"""Feeds that are wrong on purpose: each with a name, how it is made of a good one, and what must become of it.

The outcome is "fine" (nothing to say, everything kept), "repair code" (everything kept, a notice), "drop code …"
(something gone, the rest kept, and exactly these notices: what is gone may be missed elsewhere) or "reject code".
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.feeds import tables_of, write_zip

Tables = dict[str, str | bytes]

GOOD = """
station S 60.1700 24.9400 Keskusta
stop A 60.1600 24.9300 Asema
stop B 60.1700 24.9410 Tori parent=S
stop C 60.1800 24.9500 Satama
stop D 60.1900 24.9600 Hämeentie
stop E 60.2000 24.9700 Kylä
stop Z 60.2100 24.9800 Loppu
every 10 until 20:00 line 1 bus A 6:00 B 6:10 C 6:20 D 6:30
every 15 until 20:00 line 2 tram D 6:05 C 6:15 B 6:25 A 6:35
line 3 ferry C 7:00 Z 7:40 E 8:00
line 4 bus A 5:00 E 5:30

[calendar.txt]
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,1,1,20260101,20271231
never,0,0,0,0,0,0,0,20260101,20271231

[calendar_dates.txt]
service_id,date,exception_type
daily,20261225,2
never,20261225,1

[frequencies.txt]
trip_id,start_time,end_time,headway_secs,exact_times
4-0,05:00:00,06:00:00,1200,1
4-0,22:00:00,23:00:00,1200,1

[transfers.txt]
from_stop_id,to_stop_id,transfer_type,min_transfer_time
B,C,2,300
A,B,0,

[shapes.txt]
shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
s,60.16,24.93,1
s,60.19,24.96,2

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
single,2.80,EUR,1,,5400
night,5.00,EUR,1,,5400

[fare_rules.txt]
fare_id,route_id
single,1
night,2

[translations.txt]
table_name,field_name,language,translation,record_id
stops,stop_name,en,Station,A
stops,stop_name,en,Market,B

[feed_info.txt]
feed_publisher_name,feed_publisher_url,feed_lang
Agency,https://agency.example,fi
"""


NOISE = "".join(hashlib.sha256(str(i).encode()).hexdigest() for i in range(1 << 14))
"""A megabyte that no packer makes small."""


@dataclass(frozen=True)
class Case:
    """One feed that is wrong on purpose. `make` writes the zip."""

    name: str
    outcome: str
    make: Callable[[Path], Path]

    def __str__(self) -> str:
        return self.name

    @property
    def what(self) -> str:
        return self.outcome.split()[0]

    @property
    def codes(self) -> set[str]:
        return set(self.outcome.split()[1:])


def good() -> Tables:
    """The tables of the good feed."""
    return dict(tables_of(GOOD))


CASES: dict[str, Case] = {}


def case(name: str, outcome: str, change: Callable[[Tables], Tables | None]) -> None:
    """Add a feed that a change of the good tables makes."""

    def make(path: Path) -> Path:
        tables = good()
        changed = change(tables)
        return write_zip(path, tables if changed is None else changed)

    assert name not in CASES
    CASES[name] = Case(name, outcome, make)


def text(tables: Tables, file: str) -> str:
    value = tables[f"{file}.txt"]
    assert isinstance(value, str)
    return value


def swap(file: str, old: str, new: str) -> Callable[[Tables], None]:
    """The first occurrence of a text in a table becomes another."""

    def change(tables: Tables) -> None:
        assert old in text(tables, file), (file, old)
        tables[f"{file}.txt"] = text(tables, file).replace(old, new, 1)

    return change


def cell(file: str, where: tuple[str, str], column: str, value: str) -> Callable[[Tables], None]:
    """A cell of the first row in which a column has a value."""

    def change(tables: Tables) -> None:
        rows = list(csv.DictReader(io.StringIO(text(tables, file))))
        names = list(rows[0])
        row = next(row for row in rows if row[where[0]] == where[1])
        row[column] = value
        out = io.StringIO()
        writer = csv.DictWriter(out, [*names, *([] if column in names else [column])], "", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        tables[f"{file}.txt"] = out.getvalue()

    return change


def more(file: str, *lines: str) -> Callable[[Tables], None]:
    """Rows behind the last."""

    def change(tables: Tables) -> None:
        tables[f"{file}.txt"] = text(tables, file) + "".join(f"{line}\n" for line in lines)

    return change


def without(*files: str) -> Callable[[Tables], Tables]:
    return lambda tables: {name: table for name, table in tables.items() if name.removesuffix(".txt") not in files}


def only(file: str, content: str | bytes) -> Callable[[Tables], Tables]:
    return lambda tables: {**tables, f"{file}.txt": content}


def each(turn: Callable[[str], str | bytes], *files: str) -> Callable[[Tables], Tables]:
    """Tables (default: all) turned into other bytes."""

    def change(tables: Tables) -> Tables:
        return {
            name: turn(table) if isinstance(table, str) and (not files or name.removesuffix(".txt") in files) else table
            for name, table in tables.items()
        }

    return change


def without_column(file: str, column: str) -> Callable[[Tables], Tables]:
    def change(tables: Tables) -> Tables:
        rows = list(csv.reader(io.StringIO(text(tables, file))))
        at = rows[0].index(column)
        return {**tables, f"{file}.txt": lines([row[:at] + row[at + 1 :] for row in rows])}

    return change


def both(*changes: Callable[[Tables], Tables | None]) -> Callable[[Tables], Tables]:
    """Changes one after the other."""

    def change(tables: Tables) -> Tables:
        for step in changes:
            changed = step(tables)
            tables = tables if changed is None else changed
        return tables

    return change


def new_column(file: str, name: str) -> Callable[[Tables], Tables]:
    """A last column of this name, "x" in every row."""
    return both(
        per_row(lambda line: f"{line},x", file),
        each(lambda table: table.replace("\n", f",{name}\n", 1), file),
    )


def lines(rows: Iterable[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def per_row(turn: Callable[[str], str], *files: str) -> Callable[[Tables], Tables]:
    """Every line but the header turned into another."""

    def turned(table: str) -> str:
        head, *rows = table.splitlines()
        return "\n".join([head, *map(turn, rows)]) + "\n"

    return each(turned, *files)


# Files and columns
for _file in ("agency", "stops", "routes", "trips", "stop_times"):
    case(f"{_file} is missing", "reject missing_required_file", without(_file))
case("no calendar at all", "reject missing_calendar_and_calendar_date_files", without("calendar", "calendar_dates"))
case("only a readme", "reject missing_required_file", lambda _: {"readme.txt": "Moved to another address."})
case("stops without a byte", "reject empty_file", only("stops", ""))
case("stop times without a byte", "reject empty_file", only("stop_times", ""))
case("trips with a header alone", "reject empty_file", only("trips", "route_id,service_id,trip_id\n"))
case(
    "stop times with a header alone",
    "reject no_usable_trip",
    only("stop_times", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"),
)
case("stops of blank lines", "reject empty_file", only("stops", "\n \n\t\n,,\n"))
case("stops without identifiers", "reject missing_required_column", without_column("stops", "stop_id"))
case("stop times without order", "reject missing_required_column", without_column("stop_times", "stop_sequence"))
case("trips without services", "reject missing_required_column", without_column("trips", "service_id"))
case("agency without a zone", "reject missing_required_column", without_column("agency", "agency_timezone"))
case("calendar without Mondays", "drop missing_required_column", without_column("calendar", "monday"))
case("semicolons", "reject missing_required_column", each(lambda table: table.replace(",", ";"), "stops"))
case("tabs", "reject missing_required_column", each(lambda table: table.replace(",", "\t"), "stop_times"))
case("empty optional tables", "fine", lambda tables: {**tables, "levels.txt": "", "pathways.txt": ""})

# Encodings and line ends
case("Latin-1", "reject not_utf8", each(lambda table: table.encode("latin-1"), "stops"))
case("Shift-JIS", "reject not_utf8", each(lambda t: t.replace("ä", "").replace("Asema", "駅").encode("cp932"), "stops"))
case("UTF-16", "repair invalid_character", each(lambda table: table.encode("utf-16")))
case("UTF-16 without its mark", "repair invalid_character", each(lambda table: table.encode("utf-16-le"), "stops"))
case("UTF-16, big end first", "repair invalid_character", each(lambda table: table.encode("utf-16-be"), "trips"))
case("UTF-32", "repair invalid_character", each(lambda table: table.encode("utf-32"), "routes"))
case("UTF-16 cut in a character", "reject not_utf8", each(lambda table: table.encode("utf-16")[:-1], "stops"))
case("byte order marks", "fine", each(lambda table: table.encode("utf-8-sig")))
case("lines of Windows", "fine", each(lambda table: table.replace("\n", "\r\n")))
case("lines of old Macs", "fine", each(lambda table: table.replace("\n", "\r")))
case("no line break at the end", "fine", each(lambda table: table.rstrip("\n")))
case("one broken character", "drop invalid_character", each(lambda t: t.encode().replace(b"Tori", b"To\xe4i"), "stops"))
case("NULs", "repair invalid_character", each(lambda table: table.replace("Asema", "As\0ema").encode(), "stops"))
case("NULs alone", "reject empty_file", only("stops", b"\0" * 1000))

# Rows and cells
case("a quote never closed", "drop csv_parsing_failed foreign_key_violation", swap("stops", "Loppu", '"Loppu'))
case(
    "two quotes never closed",
    "drop csv_parsing_failed foreign_key_violation",
    both(swap("stops", "Loppu", '"Loppu'), swap("stops", "Keskusta", '"K')),
)
case("inches", "drop csv_parsing_failed", swap("stops", "Loppu", 'Putki 12"'))
case("a name over two lines", "fine", swap("stops", "Loppu", '"Loppu\nasema"'))
case("blank lines", "fine", each(lambda table: table.replace("\n", "\n\n  \n")))
case("rows of commas", "repair empty_row", each(lambda table: table + ",,,,,\n", "stops"))
case("a comma too many in every row", "repair invalid_row_length", per_row(lambda line: line + ",", "stops", "trips"))
case("a cell too many", "repair invalid_row_length", swap("routes", ",3\n", ",3,what\n"))
case("a row cut short", "drop missing_required_field", more("trips", "1"))
case("the same column twice", "repair duplicated_column", new_column("stops", "stop_name"))
case(
    "spaces around names of columns",
    "fine",
    each(lambda t: t.replace("stop_id", " stop_id ", 1), "stops", "stop_times"),
)
case("a column without a name", "repair empty_column_name", new_column("stops", ""))
case(
    "300 columns",
    "reject too_many_columns",
    each(lambda t: t.replace("\n", "".join(f",c{i}" for i in range(300)) + "\n", 1), "stops"),
)
case("a cell of a megabyte", "drop row_too_long foreign_key_violation", swap("stops", "Loppu", NOISE))
case("a header of a megabyte", "reject row_too_long", swap("stops", "stop_name", "stop_name" + NOISE))
case(
    "six million rows",
    "reject too_many_rows",
    only("routes", "route_id,route_type\n" + "".join(f"{i},3\n" for i in range(6_000_000))),
)
case("only quotes", "reject empty_file", only("stops", '"' * 5001))

# Identifiers
case("a stop twice", "drop duplicate_key", more("stops", "Z,60.21,24.98,Loppu"))
case("a trip twice", "drop duplicate_key", more("trips", "1,daily,1-0"))
case("a route twice", "drop duplicate_key", more("routes", "1,ag,1,3"))
case("an agency twice", "drop duplicate_key", more("agency", "ag,Agency,https://agency.example,Europe/Helsinki,fi"))
case("a service twice", "drop duplicate_key", more("calendar", "daily,1,1,1,1,1,1,1,20260101,20271231"))
case("an exception twice", "drop duplicate_key", more("calendar_dates", "daily,20261225,1"))
case("a place in the order twice", "drop duplicate_key", cell("stop_times", ("stop_id", "Z"), "stop_sequence", "1"))
case("a stop without an identifier", "drop missing_required_field", more("stops", ",60.2,24.9,Nimetön"))
case(
    "identifiers with commas, quotes and breaks",
    "fine",
    each(lambda t: t.replace("3-0", '"3,""\n0"'), "trips", "stop_times"),
)
case("script in names", "fine", swap("stops", "Loppu", "<script>alert(1)</script>"))
case("formulas in names", "fine", swap("stops", "Loppu", "=cmd|' /C calc'!A0"))

# Orphans
case("a stop time at no stop", "drop foreign_key_violation", cell("stop_times", ("stop_id", "Z"), "stop_id", "nowhere"))
case("a stop time of no trip", "drop foreign_key_violation", more("stop_times", "ghost,08:00:00,08:00:00,A,1"))
case("a trip of no route", "drop foreign_key_violation", cell("trips", ("trip_id", "3-0"), "route_id", "ghost"))
case("a trip on no day", "drop foreign_key_violation", cell("trips", ("trip_id", "3-0"), "service_id", "ghost"))
case("a trip along no line", "drop foreign_key_violation", cell("trips", ("trip_id", "3-0"), "shape_id", "ghost"))
case("a stop in no station", "drop foreign_key_violation", cell("stops", ("stop_id", "Z"), "parent_station", "ghost"))
case("a stop in a stop", "drop wrong_parent_location_type", cell("stops", ("stop_id", "Z"), "parent_station", "A"))
case("a route of nobody", "drop foreign_key_violation", cell("routes", ("route_id", "3"), "agency_id", "ghost"))
case("a fare for no route", "drop foreign_key_violation", more("fare_rules", "single,ghost"))
case("a change at no stop", "drop foreign_key_violation", more("transfers", "A,ghost,0,"))
case("a headway of no trip", "drop foreign_key_violation", more("frequencies", "ghost,05:00:00,06:00:00,600,1"))
case("a trip without times", "drop missing_trip_stop_times", more("trips", "1,daily,silent"))

# Times
_Z, _E = ("stop_id", "Z"), ("trip_id", "3-0")
case(
    "backwards in time",
    "drop stop_time_with_arrival_before_previous_departure_time",
    swap("stop_times", "08:00:00,08:00:00,E", "06:50:00,06:50:00,E"),
)
case(
    "leaves before it comes",
    "drop stop_time_with_arrival_before_previous_departure_time",
    cell("stop_times", _Z, "departure_time", "07:30:00"),
)
case("the 250th hour", "fine", swap("stop_times", "08:00:00,08:00:00,E", "250:00:00,250:00:00,E"))
case(
    "the 401st hour",
    "drop invalid_time missing_trip_edge",
    swap("stop_times", "08:00:00,08:00:00,E", "401:00:00,401:00:00,E"),
)
case(
    "a time with a point",
    "drop invalid_time stop_time_with_only_arrival_or_departure_time",
    cell("stop_times", _Z, "arrival_time", "7.40"),
)
case(
    "a time below zero",
    "drop invalid_time stop_time_with_only_arrival_or_departure_time",
    cell("stop_times", _Z, "arrival_time", "-1:00:00"),
)
case(
    "the 61st minute",
    "drop invalid_time stop_time_with_only_arrival_or_departure_time",
    cell("stop_times", _Z, "arrival_time", "07:61:00"),
)
case(
    "digits of another script",
    "drop invalid_time stop_time_with_only_arrival_or_departure_time",
    cell("stop_times", _Z, "arrival_time", "０７:４０:００"),
)
case(
    "only one of two times",
    "repair stop_time_with_only_arrival_or_departure_time",
    cell("stop_times", _Z, "departure_time", ""),
)
case("no time at the end", "drop missing_trip_edge", swap("stop_times", "08:00:00,08:00:00,E", ",,E"))
_SHORT = both(more("trips", "1,daily,short"), more("stop_times", "short,08:00:00,08:00:00,A,1"))
case("one stop", "drop unusable_trip", _SHORT)
case("an order in words", "drop number_out_of_range", cell("stop_times", _Z, "stop_sequence", "second"))
case("an order below zero", "drop number_out_of_range", cell("stop_times", _Z, "stop_sequence", "-2"))
case("an order beyond numbers", "drop number_out_of_range", cell("stop_times", _Z, "stop_sequence", "1" * 30))
case("boarding by a code that is none", "drop unexpected_enum_value", cell("stop_times", _Z, "pickup_type", "9"))
case("no trip can run", "reject no_usable_trip", each(lambda t: t.replace(":00,", ":xx,"), "stop_times"))
case("one trip in ten is lost", "reject too_much_dropped", each(lambda t: t.replace(",07:", ",bad:"), "stop_times"))
case(
    "stop times of half the feed",
    "reject too_much_dropped",
    each(lambda t: t[: len(t) // 2].rsplit("\n", 1)[0] + "\n", "stop_times"),
)
case(
    "on demand from nowhere",
    "reject no_usable_trip",
    only(
        "stop_times",
        "trip_id,stop_id,stop_sequence,start_pickup_drop_off_window,end_pickup_drop_off_window\n1-0,nowhere,1,08:00:00,10:00:00\n1-0,B,2,08:00:00,10:00:00\n",
    ),
)

# Days
case("a day that is none", "drop invalid_date", swap("calendar_dates", "never,20261225", "never,20261325"))
case(
    "days with hyphens",
    "drop invalid_date",
    swap("calendar", "never,0,0,0,0,0,0,0,20260101", "never,0,0,0,0,0,0,0,2026-01-01"),
)
case(
    "ends before it begins",
    "drop start_and_end_range_out_of_order",
    swap("calendar", "never,0,0,0,0,0,0,0,20260101,20271231", "never,0,0,0,0,0,0,0,20271231,20260101"),
)
case("an exception of kind 3", "drop unexpected_enum_value", swap("calendar_dates", "20261225,1", "20261225,3"))
case(
    "no service at all",
    "reject no_usable_trip",
    both(without("calendar_dates"), cell("calendar", ("service_id", "daily"), "end_date", "20250101")),
)
case(
    "a calendar of no weekday",
    "reject no_service_day",
    both(without("calendar_dates"), each(lambda t: t.replace(",1,1,1,1,1,1,1,", ",0,0,0,0,0,0,0,"), "calendar")),
)
case(
    "services for a century",
    "reject calendar_too_long",
    more("calendar", *(f"s{i},1,1,1,1,1,1,1,19900101,21001231" for i in range(7000))),
)

# Places
case("north of the pole", "drop number_out_of_range foreign_key_violation", cell("stops", _Z, "stop_lat", "160.21"))
case(
    "null island",
    "drop point_near_origin foreign_key_violation",
    both(cell("stops", _Z, "stop_lat", "0"), cell("stops", _Z, "stop_lon", "0")),
)
case("at the pole", "drop point_near_pole foreign_key_violation", cell("stops", _Z, "stop_lat", "89.9"))
case("nowhere", "drop stop_without_location foreign_key_violation", cell("stops", _Z, "stop_lat", ""))
case(
    "coordinates in words",
    "drop invalid_float foreign_key_violation stop_without_location",
    cell("stops", _Z, "stop_lat", "north"),
)
case("infinitely far", "drop stop_without_location foreign_key_violation", cell("stops", _Z, "stop_lat", "inf"))
case(
    "coordinates with commas",
    "drop invalid_float foreign_key_violation stop_without_location",
    cell("stops", _Z, "stop_lat", "60,21"),
)
case(
    "a kind of place that is none",
    "drop unexpected_enum_value foreign_key_violation",
    cell("stops", _Z, "location_type", "7"),
)
case(
    "a stop in a zone that is none",
    "drop invalid_timezone",
    cell("stops", ("stop_id", "A"), "stop_timezone", "Mars/Base"),
)
case(
    "an agency in a zone that is none", "reject invalid_timezone", swap("agency", "Europe/Helsinki", "../../etc/passwd")
)
case(
    "agencies in two zones", "drop inconsistent_agency_timezone", more("agency", "b,B,https://b.example,Asia/Tokyo,ja")
)
case("a line of one point", "drop single_shape_point", more("shapes", "t,60.1,24.9,1"))
case("a line off the earth", "drop number_out_of_range", more("shapes", "s,999,24.9,3"))

# Routes, fares, transfers, frequencies, translations
case(
    "a vehicle that is none",
    "drop unexpected_enum_value foreign_key_violation",
    cell("routes", ("route_id", "3"), "route_type", "77"),
)
case(
    "a vehicle in words",
    "drop invalid_integer foreign_key_violation unexpected_enum_value",
    cell("routes", ("route_id", "3"), "route_type", "boat"),
)
case(
    "a vehicle beyond numbers",
    "drop invalid_integer foreign_key_violation unexpected_enum_value",
    cell("routes", ("route_id", "3"), "route_type", "9" * 40),
)
case("an address that is a script", "drop invalid_url", swap("agency", "https://agency.example", "javascript:alert(1)"))
case("a price that is none", "drop number_out_of_range foreign_key_violation", swap("fare_attributes", "5.00", "NaN"))
case("a price without end", "drop number_out_of_range foreign_key_violation", swap("fare_attributes", "5.00", "1e999"))
case(
    "a currency that is none",
    "drop invalid_currency foreign_key_violation",
    swap("fare_attributes", "5.00,EUR", "5.00,€"),
)
case("a change that takes an age", "drop number_out_of_range", swap("transfers", "300", "2000000000"))
case("a change that takes less than nothing", "drop number_out_of_range", swap("transfers", "300", "-5"))
case("a kind of change that is none", "drop unexpected_enum_value", swap("transfers", "C,2,", "C,9,"))
case("a change from nowhere", "drop missing_required_field", more("transfers", ",B,0,"))
case("a headway of nothing", "drop number_out_of_range", more("frequencies", "4-0,10:00:00,11:00:00,0,1"))
case("headways at once", "drop overlapping_frequency", more("frequencies", "4-0,05:10:00,06:10:00,600,1"))
case(
    "a headway that ends first",
    "drop start_and_end_range_out_of_order",
    more("frequencies", "4-0,11:00:00,10:00:00,600,1"),
)
case("a run every second for weeks", "reject too_many_runs", more("frequencies", "4-0,24:00:00,400:00:00,1,1"))
case("a translation of nothing", "drop missing_required_field", more("translations", "stops,stop_name,en,Nothing,"))
case("a translation for no table", "drop translation_unknown_table_name", more("translations", "shops,name,en,Shop,A"))
case(
    "in a folder",
    "repair invalid_input_files_in_subfolder",
    lambda t: {f"gtfs/{name}": table for name, table in t.items()},
)
case("with what computers leave behind", "fine", lambda t: {**t, "__MACOSX/._stops.txt": b"\0\1", ".DS_Store": b"\0"})
