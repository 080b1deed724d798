"""What is read of each ERP model: its fields, and on a live server also which of its records.

Models stand in the order in which they build on each other. Names are those of Odoo 18.
"""

from __future__ import annotations

from typing import Any

_NAMES = {
    "res.company": "id country_id currency_id email name partner_id phone vat website",
    "res.currency": "id decimal_places name rounding symbol",
    "res.country": "id code name",
    "account.payment.term": "id name note",
    "account.tax": "id amount amount_type name price_include type_tax_use",
    "uom.uom": "id category_id name",
    "product.product": "id categ_id default_code description_sale list_price name type uom_id",
    "res.partner": (
        "id active category_id city commercial_partner_id company_registry country_id display_name email "
        "function is_company lang mobile name parent_id phone property_payment_term_id ref state_id "
        "street street2 type tz user_ids vat website zip"
    ),
    "res.users": "id active groups_id lang login name partner_id share tz",
    "hr.employee": "id job_title name user_id work_email",
    "sale.order": (
        "id amount_tax amount_total amount_untaxed client_order_ref commitment_date create_date "
        "currency_id date_order invoice_ids invoice_status name note order_line partner_id "
        "partner_invoice_id partner_shipping_id payment_term_id require_payment require_signature "
        "signed_by signed_on state user_id validity_date write_date"
    ),
    "sale.order.line": (
        "id discount display_type name order_id price_subtotal price_tax price_total price_unit "
        "product_id product_uom product_uom_qty qty_delivered qty_invoiced sequence tax_id"
    ),
    "purchase.order": (
        "id amount_tax amount_total amount_untaxed create_date currency_id date_approve date_order "
        "date_planned invoice_status name notes order_line partner_id partner_ref payment_term_id state "
        "user_id write_date"
    ),
    "purchase.order.line": (
        "id date_planned discount display_type name order_id price_subtotal price_tax price_total "
        "price_unit product_id product_qty product_uom qty_invoiced qty_received sequence taxes_id"
    ),
    "account.move": (
        "id amount_residual amount_tax amount_total amount_untaxed commercial_partner_id create_date "
        "currency_id date invoice_date invoice_date_due invoice_line_ids invoice_origin "
        "invoice_payment_term_id invoice_user_id move_type name narration partner_id partner_shipping_id "
        "payment_reference payment_state ref reversed_entry_id state write_date"
    ),
    "account.move.line": (
        "id discount display_type move_id name price_subtotal price_total price_unit product_id "
        "product_uom_id quantity sequence tax_ids"
    ),
    "project.project": (
        "id active allow_timesheets collaborator_ids create_date date date_start description name "
        "partner_id privacy_visibility tag_ids task_ids user_id write_date"
    ),
    "project.task.type": "id fold name project_ids sequence",
    "project.milestone": "id deadline is_reached name project_id reached_date",
    "project.task": (
        "id active allocated_hours child_ids create_date date_deadline depend_on_ids description "
        "effective_hours milestone_id name parent_id partner_id priority project_id remaining_hours "
        "stage_id state tag_ids user_ids write_date"
    ),
    "account.analytic.line": (
        "id date employee_id name partner_id product_uom_id project_id so_line task_id unit_amount user_id"
    ),
}

FIELDS: dict[str, tuple[str, ...]] = {model: tuple(names.split()) for model, names in _NAMES.items()}

BILLED = ["out_invoice", "out_refund", "in_invoice", "in_refund"]
"""The kinds of `account.move` somebody outside may see; receipts and journal entries are the provider's own."""

DOMAINS: dict[str, list[list[Any]]] = {
    "account.analytic.line": [["project_id", "!=", False]],
    "account.move": [["move_type", "in", BILLED]],
    "account.move.line": [
        ["move_id.move_type", "in", BILLED],
        ["display_type", "in", ["product", "line_section", "line_note"]],
    ],
}
"""What a live server is asked for, where not every record of the model matters: the rest is bookkeeping."""
