"""Jobs put in place and read back."""

import portal.customers.models  # noqa: F401 (the table jobs point to)
from portal.database import db
from portal.jobs import Job, enqueue


def put(app, kind, **options):
    with app.app_context():
        job = enqueue(db.session, kind, **options)
        db.session.commit()
        return job.id


def read(app, job_id):
    with app.app_context():
        return db.session.get_one(Job, job_id)
