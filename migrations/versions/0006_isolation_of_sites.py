"""Keep customers apart in the inventory of their sites; what is released to whom is for staff alone"""

from alembic import op

revision = "0006"
down_revision = "0005"

SEES = "current_setting('portal.customer', true)"
OWN = f"CASE WHEN {SEES} = '*' THEN true ELSE customer_id = {SEES} END"
STAFF = f"{SEES} = '*'"
TABLES = {
    "elements": STAFF,
    "hidden_customers": STAFF,
    "inventory_hosts": OWN,
    "inventory_services": OWN,
    "inventory_sweeps": OWN,
    "monitoring_views": OWN,
    "setup_leaks": STAFF,
    "site_snapshots": STAFF,
    "site_standings": STAFF,
}


def upgrade() -> None:
    op.execute("INSERT INTO setup_clock (id, number) VALUES (1, 0)")
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, rule in TABLES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_rows ON {table} USING ({rule}) WITH CHECK ({rule})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"DROP POLICY own_rows ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
