"""The demo: a small ERP export of an invented vendor and its customers, with dates relative to today."""
