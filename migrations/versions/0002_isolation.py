"""Let the database itself keep customers apart, where it can: row-level security on PostgreSQL"""

from alembic import op

revision = "0002"
down_revision = "0001"

SEES = "current_setting('portal.customer', true)"
RULE = f"customer_id = {SEES} OR {SEES} = '*'"
TABLES = (
    "document_lines", "document_links", "documents", "milestones", "printed", "projects",
    "super_user_request_evidence", "super_user_requests", "task_links", "tasks", "terms", "timesheets",
)  # fmt: skip


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_rows ON {table} USING ({RULE}) WITH CHECK ({RULE})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"DROP POLICY own_rows ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
