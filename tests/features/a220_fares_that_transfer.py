"""Fares v2: a change within ninety minutes is free, the day ticket is offered where it is less, and everybody pays as
what they are, on the medium that is least. Every price says why, line by line.
"""

from tests.features import lines
from tests.features.town import Town

BUSES = """
stop H 60.10 24.90 Harbour
stop M 60.14 24.90 Market
stop V 60.18 24.90 Village
stop W 60.22 24.90 Wood
line 1 bus H 8:00 M 8:20
line 2 bus M 8:30 V 9:00
line 3 bus V 9:20 W 9:40
line 4 bus H 12:00 M 12:20
line 5 bus M 13:40 V 14:00
line 6 bus V 15:45 W 16:00

[rider_categories.txt]
rider_category_id,rider_category_name,is_default_fare_category,eligibility_url
full,Full fare,1,
KID,Children,0,https://buses.example/children
old,Senior citizens,0,

[fare_media.txt]
fare_media_id,fare_media_name,fare_media_type
cash,,0
card,Waltti,2

[fare_products.txt]
fare_product_id,fare_product_name,rider_category_id,fare_media_id,amount,currency
single,Single,full,cash,4.00,EUR
single,Single,full,card,3.00,EUR
single,Single,KID,card,1.50,EUR
single,Single,old,,2.00,EUR
day,Day ticket,full,card,8.00,EUR

[fare_leg_rules.txt]
leg_group_id,fare_product_id
ride,single
day,day

[fare_transfer_rules.txt]
from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,fare_transfer_type
ride,ride,-1,5400,1,0
day,day,-1,,,0
"""


def test_a_free_change_and_what_everybody_pays(town: Town) -> None:
    town.publish(buses=BUSES)
    assert town.fares("buses:H", "buses:V", "07:50", "adult:1,child:1,senior:1,youth:1") == [
        "adult 3.00 = ticket 3.00 [0] + change_free 0.00 [1] (Waltti)",
        "child 1.50 = ticket 1.50 [0] + change_free 0.00 [1] (Waltti)",
        "senior 2.00 = ticket 2.00 [0] + change_free 0.00 [1]",
        "youth 3.00 = ticket 3.00 [0] + change_free 0.00 [1] (Waltti)",
    ]
    # 9:20 is within ninety minutes of 8:00; at midday the second change is not.
    assert town.fares("buses:H", "buses:W", "07:50") == [
        "adult 3.00 = ticket 3.00 [0] + change_free 0.00 [1] + change_free 0.00 [2] (Waltti)"
    ]


def test_the_day_ticket_where_it_is_less(town: Town) -> None:
    town.publish(buses=BUSES)
    assert town.fares("buses:H", "buses:W", "11:50") == [
        "adult 8.00 = cheaper_together 8.00 [0] + change_free 0.00 [1] + change_free 0.00 [2] (Waltti)"
    ]
    assert town.fares("buses:H", "buses:V", "11:50") == [f"adult 3.00 = ticket 3.00 [{leg}] (Waltti)" for leg in (0, 1)]


def test_the_reasons_are_sentences_in_the_readers_language(town: Town) -> None:
    town.publish(buses=BUSES)
    said = {}
    for language in ("en", "fi", "ja"):
        (found,) = town.plan("buses:H", "buses:V", "07:50", travellers="child:1", language=language)
        (fare,) = found["fares"]
        said[language] = [line["text"] for line in fare["explanation"]]
    assert said == {
        "en": ["One ticket for this ride.", "You change to this ride for free, because it is within 1 h 30 min."],
        "fi": ["Yksi lippu tälle matkalle.", "Vaihdat tähän matkaan ilmaiseksi, koska vaihto on 1 h 30 min sisällä."],
        "ja": ["この便のきっぷ1枚。", "1時間30分以内なので、この便への乗り継ぎは無料です。"],
    }
    assert (fare["standard"], fare["name"], fare["valid_s"]) == ("gtfs_fares_v2", "Single", 5400)
    assert (fare["rider"], fare["eligibility_url"]) == ("Children", "https://buses.example/children")


def test_the_price_on_every_medium(town: Town) -> None:
    town.publish(buses=BUSES)
    (found,) = town.plan("buses:H", "buses:M", "07:50")
    assert [(each["kind"], lines.money(each["price"])) for each in found["fares"][0]["media"]] == [
        ("card", "3.00 EUR"),
        ("none", "4.00 EUR"),
    ]
