"""What customers read: quotations, orders, invoices, projects, tasks, timesheets, subscriptions and users."""

from . import models

__all__ = ["models"]
