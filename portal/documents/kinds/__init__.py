"""The nine kinds, in the order menus name them. A new kind is a file here and a line in this list."""

from ...records.registry import register
from .invoices import INVOICES
from .projects import PROJECTS
from .purchase_orders import PURCHASE_ORDERS
from .quotations import QUOTATIONS
from .sales_orders import SALES_ORDERS
from .subscriptions import SUBSCRIPTIONS
from .tasks import TASKS
from .timesheets import TIMESHEETS
from .users import USERS

ALL = (
    QUOTATIONS,
    SALES_ORDERS,
    PURCHASE_ORDERS,
    INVOICES,
    PROJECTS,
    TASKS,
    TIMESHEETS,
    SUBSCRIPTIONS,
    USERS,
)

register(*ALL)
