"""The addresses of the pages about booking."""

from django.urls import path, register_converter

from bookings.codes import CodeConverter
from bookings.web import callers, delegates, errands, files, recurring
from bookings.web.cards import card, cards, remove
from bookings.web.cases import comparisons, decide, desk_case, desk_cases, propose
from bookings.web.changing import change, go_on
from bookings.web.desk import bills, pay_out, settle, top_up
from bookings.web.driver import (
    drive,
    drive_act,
    drive_leave,
    drive_maps,
    drive_phone,
    drive_shift,
    drive_take,
    drive_worker,
)
from bookings.web.driver_board import board, board_act
from bookings.web.help import order_help
from bookings.web.inspection import checks, day_list, inspect, inspect_at, worker
from bookings.web.messages import calls, close, notify, tell
from bookings.web.offers import create, offer
from bookings.web.orders import cancel, consent, give_up, order, pay
from bookings.web.partners import webhooks
from bookings.web.payment_links import payment_link, send
from bookings.web.payouts import desk_payouts, payouts, payouts_back, payouts_decide, payouts_start
from bookings.web.providers import provider_decide, provider_paid, providers
from bookings.web.receipts import receipts, receipts_pdf
from bookings.web.statements import account
from bookings.web.subsidies import subsidies, subsidy, subsidy_audit
from bookings.web.tickets import journey_ics, order_tickets_pdf, ticket, ticket_pdf, tickets
from bookings.web.vehicles import vehicles, vehicles_live

register_converter(CodeConverter, "public")

urlpatterns = [
    path("offers", create, name="offer-create"),
    path("offers/<public:code>", offer, name="offer"),
    path("orders/<public:code>", order, name="order"),
    path("orders/<public:code>/pay", pay, name="pay"),
    path("orders/<public:code>/consent", consent, name="consent"),
    path("orders/<public:code>/give-up", give_up, name="give-up"),
    path("orders/<public:code>/cancel", cancel, name="cancel"),
    path("orders/<public:code>/receipts", receipts, name="receipts"),
    path("orders/<public:code>/receipts.pdf", receipts_pdf, name="receipts-pdf"),
    path("orders/<public:code>/tickets.pdf", order_tickets_pdf, name="order-tickets-pdf"),
    path("orders/<public:code>/journey.ics", journey_ics, name="journey-ics"),
    path("orders/<public:code>/vehicles", vehicles, name="vehicles"),
    path("orders/<public:code>/vehicles/live", vehicles_live, name="vehicles-live"),
    path("operators/<slug:code>/rides", board, name="board"),
    path("operators/<slug:code>/rides/act", board_act, name="board-act"),
    path("drive", drive, name="drive"),
    path("drive/worker.js", drive_worker, name="drive-worker"),
    path("drive/maps", drive_maps, name="drive-maps"),
    path("drive/<int:shift>", drive_shift, name="drive-shift"),
    path("drive/<int:shift>/act", drive_act, name="drive-act"),
    path("drive/<int:shift>/take", drive_take, name="drive-take"),
    path("drive/<int:shift>/leave", drive_leave, name="drive-leave"),
    path("drive/<int:shift>/phone", drive_phone, name="drive-phone"),
    path("operators/<slug:code>/account", account, name="account"),
    path("operators/<slug:code>/payouts", payouts, name="payouts"),
    path("operators/<slug:code>/payouts/start", payouts_start, name="payouts-start"),
    path("operators/<slug:code>/payouts/back", payouts_back, name="payouts-back"),
    path("operators/<slug:code>/payouts/decision", payouts_decide, name="payouts-decide"),
    path("desk/payouts", desk_payouts, name="desk-payouts"),
    path("orders/<public:code>/change", change, name="change"),
    path("orders/<public:code>/go-on", go_on, name="go-on"),
    path("orders/<public:code>/help", order_help, name="order-help"),
    path("desk/cases", desk_cases, name="desk-cases"),
    path("desk/cases/<int:pk>", desk_case, name="desk-case"),
    path("desk/cases/<int:pk>/write-offs", propose, name="write-off"),
    path("desk/write-offs/<int:pk>", decide, name="write-off-decide"),
    path("desk/comparisons", comparisons, name="comparisons"),
    path("orders/<public:code>/tell", tell, name="tell"),
    path("orders/<public:code>/notify", notify, name="notify"),
    path("orders/<public:code>/payment-link", send, name="payment-link-send"),
    path("pay/<str:token>", payment_link, name="payment-link"),
    path("cards", cards, name="cards"),
    path("cards/<public:code>", card, name="card"),
    path("cards/<public:code>/remove", remove, name="card-remove"),
    path("desk/callers", callers.find, name="desk-callers"),
    path("desk/callers/open", callers.open_caller, name="desk-open"),
    path("desk/callers/<public:code>", callers.caller, name="desk-caller"),
    path("desk/callers/<public:code>/offers", errands.choose, name="desk-choose"),
    path("desk/callers/<public:code>/offers/<public:offer>", errands.offer, name="desk-offer"),
    path("desk/callers/<public:code>/orders/<public:order>", errands.order, name="desk-order"),
    path("desk/callers/<public:code>/orders/<public:order>/state", errands.state, name="desk-order-state"),
    path("desk/callers/<public:code>/orders/<public:order>/link", errands.link, name="desk-order-link"),
    path("desk/callers/<public:code>/orders/<public:order>/plan.pdf", errands.plan, name="desk-order-plan"),
    path("desk/callers/<public:code>/orders/<public:order>/cancel", errands.cancel, name="desk-order-cancel"),
    path("desk/callers/<public:code>/keep", files.new_file, name="desk-keep"),
    path("desk/callers/<public:code>/file", files.file, name="desk-file"),
    path("desk/callers/<public:code>/rights", files.right, name="desk-right"),
    path("desk/callers/<public:code>/places", files.favourite, name="desk-favourite"),
    path("desk/callers/<public:code>/erase", files.erase, name="desk-erase"),
    path("desk/callers/<public:code>/recurring", recurring.recurring, name="desk-recurring"),
    path("desk/callers/<public:code>/recurring/<public:standing>", recurring.change, name="desk-recurring-change"),
    path("desk/callers/<public:code>/days/<int:pk>/told", recurring.told, name="desk-day-told"),
    path("desk/callers/<public:code>/delegates", delegates.desk_delegates, name="desk-delegates"),
    path("desk/expiring-rights", files.expiring, name="desk-expiring"),
    path("desk/failed-days", recurring.failed, name="desk-failed-days"),
    path("my-file", delegates.my_file, name="my-file"),
    path("my-file/recurring/<public:standing>", recurring.own_change, name="my-recurring-change"),
    path("offers/<public:code>/for", delegates.offer_for, name="offer-for"),
    path("desk/travel-money", top_up, name="desk-top-up"),
    path("desk/bills", bills, name="desk-bills"),
    path("desk/bills/<int:pk>/paid", settle, name="desk-settle"),
    path("desk/calls", calls, name="desk-calls"),
    path("desk/calls/<int:pk>", close, name="desk-call"),
    path("desk/payouts/<int:pk>/paid", pay_out, name="desk-pay-out"),
    path("operators/<slug:operator>/webhooks", webhooks, name="webhooks"),
    path("providers", providers, name="providers"),
    path("providers/<public:code>", provider_decide, name="provider-decide"),
    path("providers/<public:code>/paid", provider_paid, name="provider-paid"),
    path("subsidies", subsidies, name="subsidies"),
    path("subsidies/<int:pk>", subsidy, name="subsidy"),
    path("subsidies/<int:pk>/audit.csv", subsidy_audit, name="subsidy-audit"),
    path("tickets", tickets, name="tickets"),
    path("tickets/<public:serial>", ticket, name="ticket"),
    path("tickets/<public:serial>/ticket.pdf", ticket_pdf, name="ticket-pdf"),
    path("inspect", inspect, name="inspect"),
    path("inspect/worker.js", worker, name="inspect-worker"),
    path("inspect/<slug:code>", inspect_at, name="inspect-at"),
    path("inspect/<slug:code>/list", day_list, name="inspect-list"),
    path("inspect/<slug:code>/checks", checks, name="inspect-checks"),
]
