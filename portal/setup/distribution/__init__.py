"""Distribution: which site gets exactly what, as signed and numbered snapshots."""
