"""Every code of a notice in plain words: what is wrong, what follows from it, and what the publisher can do.

The codes are those of the GTFS Schedule Validator where it has one for the defect. `docs/bad-feeds.md` is made of this.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a defect does to a feed."""

    REJECT = "the feed is rejected"
    DROP = "what is wrong is left out"
    REPAIR = "mended without loss"
    TELL = "told only"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code. Both texts are sentences for people who do not know the format by heart."""

    outcome: Outcome
    wrong: str
    to_do: str


def explain(code: str) -> Explanation:
    """The explanation of a code; one of the second validator that we have no words for is told by its name."""
    known = EXPLANATIONS.get(code)
    if known is not None:
        return known
    words = code.replace("_", " ")
    return Explanation(
        Outcome.TELL,
        f"A second validator says: {words}.",
        f"Look for “{code}” in the rules of the GTFS Schedule Validator. The import does not depend on it.",
    )


def as_markdown() -> str:
    """The table of docs/bad-feeds.md: `python -m transit.feeds.explanations`."""
    parts = []
    for outcome, heading in _HEADINGS.items():
        codes = sorted(code for code, each in EXPLANATIONS.items() if each.outcome is outcome)
        rows = ((code, EXPLANATIONS[code]) for code in codes)
        lines = [f"| `{code}` | {each.wrong} | {each.to_do} |" for code, each in rows]
        parts += [f"### {heading}", "", "| code | what is wrong | what to do |", "|---|---|---|", *lines, ""]
    return "\n".join(parts)


_HEADINGS = {
    Outcome.REJECT: "Rejected: the feed or extract is not used, what answers stays",
    Outcome.DROP: "Left out: the row, trip, stop or character goes with a notice, the rest stays",
    Outcome.REPAIR: "Mended without loss, with a notice",
    Outcome.TELL: "Told only",
}


def _table(outcome: Outcome, *rows: tuple[str, str, str]) -> dict[str, Explanation]:
    return {code: Explanation(outcome, wrong, to_do) for code, wrong, to_do in rows}


_ZIP_AGAIN = "Make the zip again from the tables and publish it."

EXPLANATIONS = {
    **_table(
        Outcome.REJECT,
        ("not_a_zip", "The file is not a zip.", "Publish the GTFS tables as one zip. Often an error page was sent."),
        ("zip_entry_damaged", "A file inside the zip cannot be unpacked.", _ZIP_AGAIN),
        ("too_many_files", "The zip holds far more files than a feed has.", "Keep the GTFS tables only."),
        ("duplicate_file", "The zip holds the same file twice.", "Keep one of the two and publish again."),
        ("unsafe_path", "A file in the zip would be written outside its folder.", "Use plain file names in the zip."),
        ("symbolic_link", "The zip holds a link instead of a file.", "Put the file itself into the zip."),
        ("encrypted_file", "A file in the zip is encrypted.", "Publish the zip without a password."),
        (
            "unsupported_compression",
            "A file is compressed in an unusual way.",
            "Use the ordinary one, Deflate.",
        ),
        ("compression_ratio_too_high", "A file unpacks to over 200 times its size.", _ZIP_AGAIN),
        ("unpacked_size_too_large", "The zip unpacks to more than 2 GiB.", "Publish fewer days or fewer shapes."),
        ("overlapping_files", "Two files share bytes inside the zip, as in a zip bomb.", _ZIP_AGAIN),
        ("zip_in_zip", "The zip holds another zip and no tables.", "Publish the inner zip."),
        ("several_feeds", "The zip holds several feeds in folders.", "Publish one zip for each feed."),
        ("missing_required_file", "A table is missing that every feed must have.", "Add the table to the zip."),
        (
            "missing_calendar_and_calendar_date_files",
            "Nothing says on which days trips run.",
            "Add calendar.txt or calendar_dates.txt.",
        ),
        ("empty_file", "A required table has no rows.", "Fill the table."),
        ("not_utf8", "A table is not written in UTF-8.", "Save every table as UTF-8 and publish the feed again."),
        ("too_many_rows", "A table has more rows than any honest feed.", "Publish a smaller feed."),
        ("too_many_columns", "A table has hundreds of columns.", "Check the first line of the table."),
        ("calendar_too_long", "The calendars reach over too many years.", "Let services end within a few years."),
        ("too_many_runs", "Frequencies would make more than a million runs.", "Check headway_secs: it is in seconds."),
        ("no_usable_trip", "Not one trip of the feed can run.", "Mend what the other notices name."),
        ("no_service_day", "Not one trip of the feed runs on any day.", "Mend calendar.txt and calendar_dates.txt."),
        ("too_much_dropped", "More than 5 % of the trips or stop times cannot be used.", "Mend what the notices name."),
        ("departures_changed", "Half the departures are gone, or twice as many came.", "Ask whether that is meant."),
        ("canary_not_found", "A network just built does not find its own trips.", "Report it to those who run this."),
        ("not_an_extract", "The file is not an OpenStreetMap extract, or it breaks off.", "Fetch the extract again."),
        ("no_streets", "The extract has no streets.", "Fetch an extract that covers the region."),
        ("needs_too_much_memory", "Reading it needs more memory than is allowed.", "Publish fewer days at once."),
        ("takes_too_long", "Reading it takes longer than is allowed.", "Publish fewer days at once."),
        ("crashed", "Reading it made the reader crash.", "Try again, then report it to those who run this software."),
        ("unforeseen_failure", "Reading it failed in an unknown way.", "Report it to those who run this software."),
        ("disk_full", "The disk of this server is full.", "Make room on the server, then import again."),
    ),
    **_table(
        Outcome.DROP,
        (
            "missing_required_column",
            "A column is missing that the table must have.",
            "Add the column. Without one of the required tables' columns the feed is rejected.",
        ),
        ("missing_required_field", "A row has an empty cell where a value must be.", "Fill the cell."),
        ("duplicate_key", "The same identifier is there twice; the first row counts.", "Remove or rename one."),
        ("foreign_key_violation", "A row names something that the feed does not have.", "Add it, or mend the name."),
        ("invalid_time", "A time cannot be read.", "Write times as HH:MM:SS, at most 400 hours."),
        ("invalid_date", "A date cannot be read.", "Write dates as YYYYMMDD."),
        ("invalid_integer", "A cell should be a whole number and is none.", "Write digits only."),
        ("invalid_float", "A cell should be a number and is none.", "Write digits with a point."),
        ("invalid_currency", "A currency cannot be read.", "Write its three letters, such as EUR."),
        ("number_out_of_range", "A number is outside what is possible.", "Mend the number."),
        ("unexpected_enum_value", "A cell holds a code that GTFS does not have.", "Use one of the listed codes."),
        ("start_and_end_range_out_of_order", "Something ends before it begins.", "Swap or mend the two values."),
        ("stop_without_location", "A stop has no coordinates.", "Give stop_lat and stop_lon."),
        ("point_near_origin", "A place lies at 0°, 0°, in the Gulf of Guinea.", "Give the true coordinates."),
        ("point_near_pole", "A place lies at a pole.", "Give the true coordinates."),
        (
            "stop_time_with_arrival_before_previous_departure_time",
            "A trip arrives before it has left the stop before.",
            "Mend the times; after midnight hours go on with 24, 25 …",
        ),
        ("missing_trip_edge", "A trip has no time at its first or last stop.", "Give both times."),
        ("unusable_trip", "A trip serves fewer than two stops.", "Give at least two stops, or remove the trip."),
        ("missing_trip_stop_times", "A trip has no stop times at all.", "Add them, or remove the trip."),
        ("single_shape_point", "A line on the map has fewer than two points.", "Add points, or remove the shape."),
        ("overlapping_frequency", "Two headways hold for a trip at once.", "Let one end before the next begins."),
        ("row_too_long", "A row is longer than 64 KiB.", "Look for a missing line break or a quote."),
        ("csv_parsing_failed", "A row cannot be taken apart into cells.", "Close every quote, double those within."),
        ("invalid_character", "Characters cannot be read; each became a mark.", "Save the table as UTF-8."),
        ("on_demand_trip_not_read", "A trip has too many stops on demand; these are not read.", "Nothing."),
        ("malformed_json", "locations.geojson is no FeatureCollection.", "Write it as GeoJSON, below 64 MiB."),
        ("missing_required_element", "A zone has no id.", "Give the feature an id."),
        ("duplicate_geo_json_key", "Two zones have the same id; the first counts.", "Rename one."),
        ("invalid_geometry", "A zone is no area on earth.", "Draw it as a Polygon or MultiPolygon, lon before lat."),
        ("forbidden_geography_id", "A ride on demand names a stop and an area at once.", "Name one of them."),
        ("missing_stop_id", "A ride on demand names no place.", "Name a stop, a group of stops or a zone."),
        ("invalid_pickup_drop_off_window", "A window of time is none.", "Give both ends, the earlier one first."),
        ("missing_prior_notice_duration_min", "A rule does not say how early to order.", "Say it in minutes."),
        ("missing_prior_notice_last_day", "A rule does not say by which day to order.", "Give the number of days."),
        ("missing_prior_notice_last_time", "A rule does not say by which time to order.", "Give the time."),
        ("missing_prior_notice_start_time", "A rule does not say from which time on to order.", "Give the time."),
        ("invalid_prior_notice_duration_min", "One can order until before one can order.", "Swap the two values."),
        ("invalid_timezone", "A time zone is not known.", "Use an IANA name such as Europe/Helsinki."),
        ("inconsistent_agency_timezone", "Agencies differ in their time zone; the first counts.", "Use one for all."),
        ("invalid_url", "A web address is none, and is not shown.", "Write the whole address, with https://."),
        ("wrong_parent_location_type", "A stop lies in something that is no station.", "Name a station."),
        ("location_without_parent_station", "An entrance or passage belongs to no station.", "Name its station."),
        ("pathway_to_wrong_location_type", "A way inside a station leads to the station itself.", "Name a platform."),
        ("pathway_loop", "A way inside a station ends where it begins.", "Mend one of its two ends."),
        ("translation_unknown_table_name", "A translation is for an unknown table.", "Mend table_name."),
        (
            "timeframe_only_start_or_end_time_specified",
            "A timeframe of fares has a beginning or an end, not both.",
            "Give start_time and end_time, or neither for the whole day.",
        ),
        (
            "timeframe_start_or_end_time_greater_than_twenty_four_hours",
            "A timeframe of fares goes on after midnight.",
            "Let it end at 24:00:00, and begin another one at 00:00:00.",
        ),
        (
            "fare_transfer_rule_invalid_transfer_count",
            "A transfer rule of fares may be applied 0 times, or a number that is none.",
            "Write how often in transfer_count, or -1 for without limit.",
        ),
    ),
    **_table(
        Outcome.REPAIR,
        ("invalid_input_files_in_subfolder", "The tables lie in a folder of the zip.", "Put them at the top."),
        ("empty_row", "A row has no content.", "Remove it."),
        ("missing_stop_times_record", "A ride inside one area has one row, as once drafted.", "Write two rows."),
        ("duplicated_column", "A column is there twice; the first counts.", "Remove one."),
        ("empty_column_name", "A column has no name.", "Name it or remove it."),
        ("bidirectional_exit_gate", "An exit gate is said to open both ways; it opens outwards.", "Write 0."),
        ("invalid_row_length", "A row has more cells than the table has columns.", "Remove the cells behind the last."),
        (
            "stop_time_with_only_arrival_or_departure_time",
            "A stop has only one of its two times; it counts for both.",
            "Give both times.",
        ),
        (
            "fare_transfer_rule_missing_transfer_count",
            "A transfer rule within a leg group does not say how often it may be applied; once is taken.",
            "Fill transfer_count; -1 is without limit.",
        ),
        (
            "fare_transfer_rule_duration_limit_without_type",
            "A transfer rule has a time limit and not from when to when; from boarding to arriving is taken.",
            "Fill duration_limit_type.",
        ),
        (
            "route_networks_specified_in_more_than_one_file",
            "The networks of routes are in routes.txt and in route_networks.txt; the former count.",
            "Keep one of the two.",
        ),
    ),
    **_table(
        Outcome.TELL,
        (
            "duration_of_older_draft",
            "Durations stand in stop_times.txt, their unit unsaid.",
            "Write them in trips.txt.",
        ),
        ("location_group_without_stops", "A group of stops has no stops.", "Add them, or remove the group."),
        (
            "fare_transfer_rule_with_forbidden_transfer_count",
            "A transfer rule between two leg groups has a number of times, which means nothing.",
            "Empty transfer_count.",
        ),
        (
            "fare_transfer_rule_duration_limit_type_without_duration_limit",
            "A transfer rule says how time is measured and has no limit of time.",
            "Empty duration_limit_type, or fill duration_limit.",
        ),
        ("timeframe_overlap", "Two timeframes of fares of one name overlap.", "Let one end before the next begins."),
        ("expired_feed", "The last day of service is over.", "Publish a newer feed. It can be published by hand only."),
        ("feed_not_valid_yet", "The feed is not valid yet.", "Publish it when its first day has come."),
        ("pathway_unreachable_location", "No way leads from an entrance to a platform.", "Add it to pathways.txt."),
        ("more_than_one_entity", "A table of one row has more; the first counts.", "Remove the others."),
        ("forbidden_field", "A credit is for several things at once.", "Name an agency, a route or a trip."),
        ("validator_failed", "The second validator could not finish.", "Nothing: our own checks decide."),
        ("expired_calendar", "A service ended before today.", "Remove services that are over."),
        ("unknown_column", "A column is not part of GTFS.", "Nothing; it is not read."),
        ("unknown_file", "A file is not part of GTFS.", "Nothing; it is not read."),
        (
            "mixed_case_recommended_field",
            "A text is all in capitals or in small letters.",
            "Write it as people do.",
        ),
        ("leading_or_trailing_whitespaces", "A cell has spaces around its text.", "Nothing; they are removed."),
        ("stop_without_stop_time", "A stop is served by no trip.", "Remove it, or add its stop times."),
        ("unused_trip", "A trip is never used.", "Add its stop times, or remove it."),
        ("unused_shape", "A line on the map is never used.", "Remove it."),
        ("missing_recommended_file", "A recommended table is missing.", "Add it: it makes the feed better."),
        ("missing_recommended_field", "A recommended cell is empty.", "Fill it: it makes the feed better."),
        ("missing_recommended_column", "A recommended column is missing.", "Add it: it makes the feed better."),
        ("fast_travel_between_consecutive_stops", "A vehicle would be too fast between two stops.", "Check the times."),
        ("fast_travel_between_far_stops", "A vehicle would be too fast over a distance.", "Check the times."),
        ("stop_too_far_from_shape", "A stop lies far from the line of its trip.", "Check the stop and the shape."),
        ("route_color_contrast", "The text on a route's colour is hard to read.", "Choose other colours."),
        ("trip_coverage_not_active_for_next7_days", "Few trips run in the next seven days.", "Publish a newer feed."),
        ("feed_expiration_date7_days", "The feed ends within seven days.", "Publish a newer feed soon."),
        ("feed_expiration_date30_days", "The feed ends within thirty days.", "Plan the next feed."),
        ("missing_timepoint_value", "It is not said whether a time is exact.", "Fill timepoint."),
        ("platform_without_parent_station", "A platform belongs to no station.", "Name its station."),
    ),
}

if __name__ == "__main__":
    sys.stdout.write(as_markdown())
