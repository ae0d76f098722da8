"""The triggers that keep the ledger balanced and unchangeable, for SQLite and PostgreSQL.

Entries are inserted while their transaction is not posted; posting it checks that they sum to zero per currency and
seals it. Sealed transactions and all entries refuse every change and removal.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE: Final = {
    "ledger_txn_new": """BEFORE INSERT ON bookings_ledgertxn WHEN NEW.posted
        BEGIN SELECT RAISE(ABORT, 'ledger is append-only: entries come before posting'); END""",
    "ledger_txn_sealed": """BEFORE UPDATE ON bookings_ledgertxn WHEN OLD.posted
        BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END""",
    "ledger_txn_balanced": """BEFORE UPDATE ON bookings_ledgertxn WHEN NEW.posted AND NOT OLD.posted AND EXISTS
        (SELECT 1 FROM bookings_ledgerentry WHERE txn_id = NEW.id GROUP BY currency HAVING SUM(amount_minor) <> 0)
        BEGIN SELECT RAISE(ABORT, 'ledger transaction does not sum to zero'); END""",
    "ledger_txn_kept": """BEFORE DELETE ON bookings_ledgertxn WHEN OLD.posted
        BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END""",
    "ledger_entry_new": """BEFORE INSERT ON bookings_ledgerentry
        WHEN (SELECT posted FROM bookings_ledgertxn WHERE id = NEW.txn_id)
        BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END""",
    "ledger_entry_fixed": """BEFORE UPDATE ON bookings_ledgerentry
        BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END""",
    "ledger_entry_kept": """BEFORE DELETE ON bookings_ledgerentry
        BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END""",
}

POSTGRESQL_FUNCTIONS: Final = """
CREATE FUNCTION ledger_guard_txn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.posted THEN RAISE EXCEPTION 'ledger is append-only: entries come before posting'; END IF;
        RETURN NEW;
    END IF;
    IF OLD.posted THEN RAISE EXCEPTION 'ledger is append-only'; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.posted AND EXISTS (
        SELECT 1 FROM bookings_ledgerentry WHERE txn_id = NEW.id GROUP BY currency HAVING SUM(amount_minor) <> 0
    ) THEN RAISE EXCEPTION 'ledger transaction does not sum to zero'; END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION ledger_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR (SELECT posted FROM bookings_ledgertxn WHERE id = NEW.txn_id FOR UPDATE) THEN
        RAISE EXCEPTION 'ledger is append-only';
    END IF;
    RETURN NEW;
END $$;
"""
POSTGRESQL: Final = {
    "ledger_txn_guard": """BEFORE INSERT OR UPDATE OR DELETE ON bookings_ledgertxn
        FOR EACH ROW EXECUTE FUNCTION ledger_guard_txn()""",
    "ledger_entry_guard": """BEFORE INSERT OR UPDATE OR DELETE ON bookings_ledgerentry
        FOR EACH ROW EXECUTE FUNCTION ledger_guard_entry()""",
}


def install(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers. Raises NotImplementedError on another engine, which would not be guarded."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTIONS)
    elif vendor != "sqlite":
        raise NotImplementedError(f"the ledger has no triggers for {vendor}")
    for name, body in (POSTGRESQL if vendor == "postgresql" else SQLITE).items():
        schema_editor.execute(f"CREATE TRIGGER {name} {body}")


def remove(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers: for the way back of the migration, and for tests that empty the tables."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION ledger_guard_txn() CASCADE")
        schema_editor.execute("DROP FUNCTION ledger_guard_entry() CASCADE")
        return
    for name in SQLITE:
        schema_editor.execute(f"DROP TRIGGER {name}")
