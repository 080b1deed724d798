"""The import: what an ERP holds becomes customers, people and documents. `course.follow` is the whole of it.

Each model is read once, judged record by record, and written in short transactions of whole records: a run that is
killed leaves records that are complete, and the next run does the rest.
"""
