"""Allocation: which contact groups are responsible for which host and service, why, and how that is kept.

`reading` takes rules, folders and assignments from the elements, `matching` says which rules hold for a host,
`deciding` adds up the groups, `keeping` moves the rows of the inventory from set to set, `recompute` is the job.
"""
