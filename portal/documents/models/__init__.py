"""The records behind the document kinds: commercial documents with lines, and the delivery of projects."""

from .commercial import Document, DocumentKind, DocumentLine, DocumentLink, InvoiceType
from .delivery import Milestone, Project, Task, TaskLink, Timesheet

__all__ = [
    "Document", "DocumentKind", "DocumentLine", "DocumentLink", "InvoiceType", "Milestone", "Project", "Task",
    "TaskLink", "Timesheet",
]  # fmt: skip
