"""The words of the hosted pages in English, Finnish and Japanese."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Pay",
        "sandbox": "Practice payment: no real money moves.",
        "total": "To pay",
        "card": "Choose a test card",
        "works": "A card that works",
        "declined": "A card that the bank declines",
        "confirm": "A card that asks for confirmation",
        "pay": "Pay {amount}",
        "save_title": "Save a card",
        "save": "Save this card",
        "cancel": "Cancel and go back",
        "failed": "The payment did not go through. Nothing was charged. Choose another card or go back.",
        "unconfirmed": "The payment was not confirmed. Nothing was charged. Choose another card or go back.",
        "closed": "This payment page is no longer open.",
        "bank_title": "Confirm the payment",
        "bank": "Your bank wants to know that it is you. Do you approve this payment?",
        "bank_save": "Your bank wants to know that it is you. Do you approve saving this card?",
        "approve": "Approve",
        "refuse": "Refuse",
    },
    "fi": {
        "title": "Maksu",
        "sandbox": "Harjoitusmaksu: oikeaa rahaa ei siirry.",
        "total": "Maksettavaa",
        "card": "Valitse testikortti",
        "works": "Kortti, joka toimii",
        "declined": "Kortti, jonka pankki hylkää",
        "confirm": "Kortti, joka pyytää vahvistuksen",
        "pay": "Maksa {amount}",
        "save_title": "Tallenna kortti",
        "save": "Tallenna tämä kortti",
        "cancel": "Peruuta ja palaa",
        "failed": "Maksu ei onnistunut. Sinulta ei veloitettu mitään. Valitse toinen kortti tai palaa.",
        "unconfirmed": "Maksua ei vahvistettu. Sinulta ei veloitettu mitään. Valitse toinen kortti tai palaa.",
        "closed": "Tämä maksusivu ei ole enää auki.",
        "bank_title": "Vahvista maksu",
        "bank": "Pankkisi haluaa varmistaa, että maksaja olet sinä. Hyväksytkö maksun?",
        "bank_save": "Pankkisi haluaa varmistaa, että se olet sinä. Hyväksytkö kortin tallentamisen?",
        "approve": "Hyväksy",
        "refuse": "Hylkää",
    },
    "ja": {
        "title": "お支払い",
        "sandbox": "これは練習用の支払いです。実際のお金は動きません。",
        "total": "お支払い金額",
        "card": "テスト用カードを選んでください",
        "works": "使えるカード",
        "declined": "銀行に断られるカード",
        "confirm": "本人確認が必要なカード",
        "pay": "{amount}を支払う",
        "save_title": "カードの保存",
        "save": "このカードを保存する",
        "cancel": "中止して戻る",
        "failed": "支払いは完了していません。請求はありません。別のカードを選ぶか、戻ってください。",
        "unconfirmed": "本人確認ができませんでした。請求はありません。別のカードを選ぶか、戻ってください。",
        "closed": "この支払いページは終了しました。",
        "bank_title": "支払いの確認",
        "bank": "ご本人であることを銀行が確認します。この支払いを承認しますか。",
        "bank_save": "ご本人であることを銀行が確認します。このカードの保存を承認しますか。",
        "approve": "承認する",
        "refuse": "承認しない",
    },
}


def language_of(locale: str | None, accepted: str) -> str:
    """The language of a page: the session's locale, else the browser's first known one, else English."""
    wanted = [] if locale in (None, "auto") else [locale or ""]
    wanted += [part.partition(";")[0] for part in accepted.split(",")]
    for tag in wanted:
        if (language := tag.strip()[:2].lower()) in WORDS:
            return language
    return "en"
