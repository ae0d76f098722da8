"""Invented names in Finnish, English and Japanese, with the Japanese reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random


@dataclass(frozen=True, slots=True)
class Name:
    """One name in three languages; `kana` is how the Japanese one is read."""

    fi: str
    en: str
    ja: str
    kana: str

    def tags(self) -> dict[str, str]:
        """As OpenStreetMap keys. The region's everyday language is Finnish."""
        return {"name": self.fi, "name:fi": self.fi, "name:en": self.en, "name:ja": self.ja, "name:ja-Hira": self.kana}

    def joined(self, other: Name, gap: str = "") -> Name:
        """A compound: this name in front of a word."""
        fi = f"{self.fi}{gap}{other.fi}" if gap else f"{self.fi}{_hyphen(self.fi, other.fi)}{other.fi}"
        return Name(fi, f"{self.en} {other.en}", self.ja + other.ja, self.kana + other.kana)


def _hyphen(first: str, second: str) -> str:
    """Finnish writes a hyphen between equal vowels of a compound."""
    return "-" if first[-1] == second[0] else ""


def _table(text: str) -> tuple[Name, ...]:
    return tuple(Name(*row.split()) for row in text.strip().splitlines())


STEMS = _table("""
Koivu Birch 白樺 しらかば
Mänty Pine 松 まつ
Kuusi Fir 樅 もみ
Pihlaja Rowan 七竈 ななかまど
Tammi Oak 樫 かし
Vaahtera Maple 楓 かえで
Leppä Alder 榛 はん
Lehmus Linden 科木 しなのき
Kirsikka Cherry 桜 さくら
Omena Apple 林檎 りんご
Puolukka Lingonberry 苔桃 こけもも
Sammal Moss 苔 こけ
Kaisla Reed 葦 あし
Lokki Gull 鴎 かもめ
Joutsen Swan 白鳥 はくちょう
Haukka Hawk 鷹 たか
Kurki Crane 鶴 つる
Pöllö Owl 梟 ふくろう
Hylje Seal 海豹 あざらし
Lohi Salmon 鮭 さけ
Silli Herring 鰊 にしん
Simpukka Shell 貝 かい
Majakka Lighthouse 灯台 とうだい
Ankkuri Anchor 錨 いかり
Purje Sail 帆 ほ
Laiva Ship 船 ふね
Airo Oar 櫂 かい
Verkko Net 網 あみ
Aalto Wave 波 なみ
Tuuli Wind 風 かぜ
Myrsky Storm 嵐 あらし
Sumu Mist 霧 きり
Pilvi Cloud 雲 くも
Lumi Snow 雪 ゆき
Halla Frost 霜 しも
Aurinko Sun 陽 ひ
Kuu Moon 月 つき
Tähti Star 星 ほし
Kivi Stone 石 いし
Kallio Rock 岩 いわ
Hiekka Sand 砂 すな
Suola Salt 塩 しお
Mylly Mill 水車 すいしゃ
Seppä Smith 鍛冶 かじ
Lähde Spring 泉 いずみ
Niitty Meadow 草原 くさはら
Kettu Fox 狐 きつね
Karhu Bear 熊 くま
Jänis Hare 兎 うさぎ
Peura Deer 鹿 しか
Orava Squirrel 栗鼠 りす
Lyhty Lantern 提灯 ちょうちん
Kello Bell 鐘 かね
Kalastaja Fisher 漁師 りょうし
Luotsi Pilot 水先 みずさき
Köysi Rope 綱 つな
Tervapata Tar 樽 たる
Puuseppä Carpenter 大工 だいく
Leipuri Baker 麦 むぎ
Kutoja Weaver 機織 はたおり
""")

KINDS = {
    "primary": _table("tie Road 街道 かいどう\nväylä Avenue 大通り おおどおり"),
    "secondary": _table("tie Road 街道 かいどう\nkatu Street 通り どおり"),
    "tertiary": _table("katu Street 通り どおり\nrinne Hill 坂 さか"),
    "residential": _table("katu Street 通り どおり\nkuja Lane 小路 こうじ\ntie Road 道 みち\nkaari Crescent 丸 まる"),
    "cycleway": _table("ranta Shore 浜 はま\nraitti Promenade 遊歩道 ゆうほどう"),
    "footway": _table("polku Path 小道 こみち\nraitti Walk 散歩道 さんぽみち"),
    "steps": _table("portaat Steps 石段 いしだん"),
    "unclassified": _table("tie Road 道 みち"),
}
KINDS["track"] = KINDS["unclassified"]

FEATURES = _table("""
mäki Hill ヶ丘 がおか
harju Ridge 台 だい
niitty Field ヶ原 がはら
lehto Grove 林 ばやし
puro Brook 川 がわ
notko Dale 谷 だに
koski Rapids 瀬 せ
aukio Green 園 えん
metsä Wood 森 もり
rinne Slope 坂 ざか
""")
VILLAGES = _table("""
kylä Village 村 むら
lahti Bay 浦 うら
niemi Point 崎 さき
salmi Sound ヶ瀬戸 がせと
järvi Lake 沼 ぬま
""")

TOWN = Name("Tuulilahti", "Windhaven", "風ヶ浦", "かぜがうら")
REGION = Name("Tuulirannikko", "Wind Coast", "風ヶ浜地方", "かぜがはまちほう")
SEA = Name("Lyhtymeri", "Lantern Sea", "提灯灘", "ちょうちんなだ")
BAY = Name("Tuulilahti", "Wind Bay", "風ヶ浦湾", "かぜがうらわん")
RIVER = Name("Savujoki", "Smoke River", "煙川", "けむりがわ")
ISLAND = Name("Lyhtysaari", "Lantern Island", "提灯島", "ちょうちんじま")
OLD_TOWN = Name("Vanhakylä", "Old Town", "旧市街", "きゅうしがい")
NEW_QUARTER = Name("Ruutukaava", "New Quarter", "新町", "しんまち")
MARKET = Name("Kauppatori", "Market Square", "市場広場", "いちばひろば")
PARK_AND_RIDE = Name("liityntäpysäköinti", "Park and Ride", "パークアンドライド", "ぱーくあんどらいど")
CENTRAL = Name("Tuulilahden asema", "Windhaven Central", "風ヶ浦駅", "かぜがうらえき")
HARBOUR = Name("Satama", "Harbour", "港", "みなと")
PORT = Name("Majakkaniemi", "Lighthouse Point", "灯台崎", "とうだいさき")
FISHING_VILLAGE = Name("Sillikylä", "Herring Village", "鰊村", "にしんむら")


class Namer:
    """Gives out names of one family that are not yet taken; single stems first, then compounds."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._streams: dict[str, Iterator[Name]] = {}
        self._taken: set[str] = set()

    def street(self, kind: str) -> Name:
        """A new street name fit for the kind of street."""
        return self._next("street " + kind, KINDS.get(kind, KINDS["residential"]))

    def district(self) -> Name:
        """A new name of a quarter."""
        return self._next("district", FEATURES)

    def village(self) -> Name:
        """A new name of a village."""
        return self._next("village", VILLAGES)

    def _next(self, family: str, endings: tuple[Name, ...]) -> Name:
        stream = self._streams.setdefault(family, self._stream(endings))
        name = next(n for n in stream if n.fi not in self._taken)
        self._taken.add(name.fi)
        return name

    def _stream(self, endings: tuple[Name, ...]) -> Iterator[Name]:
        for depth in count():
            heads = list(STEMS) if depth == 0 else [a.joined(b) for a in STEMS for b in FEATURES]
            pairs = [(head, ending) for head in heads for ending in endings]
            self._random.shuffle(pairs)
            for head, ending in pairs:
                name = head.joined(ending)
                number = Name(f" {depth}", str(depth), str(depth), "") if depth > 1 else None
                yield name.joined(number) if number else name
