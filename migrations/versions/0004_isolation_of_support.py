"""Keep customers apart in the tables of licensing and support too; internal notes are for staff alone"""

from alembic import op

revision = "0004"
down_revision = "0003"

SEES = "current_setting('portal.customer', true)"
# By CASE: for an OR the planner expects next to no rows where all are in scope, and sorts what an index has in order.
OWN = f"CASE WHEN {SEES} = '*' THEN true ELSE customer_id = {SEES} END"
TERMS_BEFORE = f"customer_id = {SEES} OR {SEES} = '*'"
STAFF = f"{SEES} = '*'"
TABLES = {
    "attachments": OWN,
    "downloads": OWN,
    "license_reminders": OWN,
    "licensing_credentials": OWN,
    "messages": OWN,
    "reporting_sites": OWN,
    "ticket_notes": STAFF,
    "ticket_watchers": OWN,
    "tickets": OWN,
    "usage_samples": OWN,
    "usage_summaries": OWN,
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, rule in TABLES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_rows ON {table} USING ({rule}) WITH CHECK ({rule})")
    op.execute(f"ALTER POLICY own_rows ON terms USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"ALTER POLICY own_rows ON terms USING ({TERMS_BEFORE}) WITH CHECK ({TERMS_BEFORE})")
    for table in TABLES:
        op.execute(f"DROP POLICY own_rows ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
