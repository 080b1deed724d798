"""Keep customers apart in what is known, told and kept of their sites and people"""

from alembic import op

revision = "0008"
down_revision = "0007"

SEES = "current_setting('portal.customer', true)"
OWN = f"CASE WHEN {SEES} = '*' THEN true ELSE customer_id = {SEES} END"
TABLES = {
    "notification_rounds": OWN,
    "notification_states": OWN,
    "notifications": OWN,
}
PERIODS = "kind = 'time-periods'"
"""Of setup, what everybody may choose from in rules of their own: it is general, and names nobody."""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, rule in TABLES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_rows ON {table} USING ({rule}) WITH CHECK ({rule})")
    op.execute(f"CREATE POLICY time_periods ON elements FOR SELECT USING ({PERIODS})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP POLICY time_periods ON elements")
    for table in TABLES:
        op.execute(f"DROP POLICY own_rows ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
