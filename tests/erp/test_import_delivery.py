"""Projects, tasks and timesheets: what is shared, whose it is, and links within one customer only."""

import datetime as dt

import pytest

from portal.documents.models import Milestone, Project, Task, TaskLink, Timesheet
from portal.erp import report
from tests.erp.exports import BLUE, COMPANY, RED, ROB

RED_ID = "red-groesse-gmbh-co-kg"


@pytest.fixture
def shared(export):
    """An export with a project of each customer, one of nobody, and one nobody shares."""
    export.add("project.project", 1, name="Red's", partner_id=[ROB, "Rob"], date_start="2026-01-01")
    export.add("project.project", 2, name="Blue's", partner_id=[BLUE, "Blue"])
    export.add("project.project", 3, name="Nobody's")
    export.add("project.project", 4, name="Secret", partner_id=[RED, "Red"], privacy_visibility="employees")
    export.add("project.project", 5, name="Over", partner_id=[RED, "Red"], active=False)
    export.add("project.milestone", 1, name="Done", project_id=[1, "?"], is_reached=True, reached_date="2026-01-05")
    export.add("project.milestone", 2, name="Theirs", project_id=[2, "?"])
    return export


def task(export, key, project, **fields):
    export.add("project.task", key, name=f"Task {key}", project_id=[project, "?"] if project else False, **fields)


def hours(export, key, project, **fields):
    export.add("account.analytic.line", key, name="Work", project_id=[project, "?"], **fields)


def by_key(rows, model):
    return {int(row.source_id): row for row in rows(model) if row.archived_at is None}


def test_only_shared_projects_of_somebody_are_shown(app, shared, rows):
    run = shared.run(app)
    assert {row.name: row.customer_id for row in rows(Project)} == {"Red's": RED_ID, "Blue's": "blue"}
    assert {(row.name, row.reached_on) for row in rows(Milestone)} == {("Done", dt.date(2026, 1, 5)), ("Theirs", None)}
    assert run.counts["project.project"]["hidden"] == {"no_owner": 1, "not_portal": 2}
    assert report.reconciles(run)


def test_a_task_is_its_partners_else_its_projects(app, shared, rows, findings):
    task(shared, 1, 1)
    task(shared, 2, 1, partner_id=[BLUE, "Blue"])
    task(shared, 3, 3, partner_id=[ROB, "Rob"])
    task(shared, 4, 3)
    task(shared, 5, 4)
    task(shared, 6, 1, active=False)
    task(shared, 7, False, partner_id=[RED, "Red"])
    task(shared, 8, 1, partner_id=[COMPANY, "Own"])
    run = shared.run(app)
    tasks = by_key(rows, Task)
    assert {key: row.customer_id for key, row in tasks.items()} == {1: RED_ID, 2: "blue", 3: RED_ID}
    assert [tasks[key].project_id is None for key in (1, 2, 3)] == [False, True, True]
    assert run.counts["project.task"]["hidden"] == {
        "archived": 1, "no_owner": 1, "own": 1, "private": 1, "project_hidden": 1
    }  # fmt: skip
    assert [finding.split("] ")[1] for finding in findings(run)] == [
        "project_id: It leads to another customer's record; the link is left out."
    ]


def test_parts_milestones_and_what_waits_for_what(app, shared, rows, findings):
    task(shared, 1, 1, parent_id=[3, "?"], milestone_id=[1, "Done"], depend_on_ids=[2, 4, 9], priority="1")
    task(shared, 2, 1, milestone_id=[2, "Theirs"], parent_id=[4, "?"])
    task(shared, 3, 1)
    task(shared, 4, 2)
    run = shared.run(app)
    tasks = by_key(rows, Task)
    assert tasks[1].parent_id == tasks[3].id
    assert tasks[2].parent_id is None
    assert [(tasks[1].milestone, tasks[2].milestone)] == [("Done", "")]
    assert (tasks[1].is_urgent, tasks[2].is_urgent) == (True, False)
    assert [(link.from_id, link.to_id) for link in rows(TaskLink)] == [(tasks[1].id, tasks[2].id)]
    said = " ".join(findings(run))
    assert "depend_on_ids: project.task 9 is not there" in said
    assert "project.task 1 [red-groesse-gmbh-co-kg] depend_on_ids: It leads to another customer's" in said
    assert "project.task 2 [red-groesse-gmbh-co-kg] parent_id: It leads to another customer's" in said
    assert "The milestone 2 is none of its project." in said


def test_parts_that_are_parts_of_each_other_end_somewhere(app, shared, rows):
    task(shared, 1, 1, parent_id=[2, "?"])
    task(shared, 2, 1, parent_id=[1, "?"])
    run = shared.run(app)
    assert run.state == "finished"
    assert len(rows(Task)) + run.counts["project.task"]["refused"] == 2


def test_hours_are_their_own_partners_else_the_tasks_else_the_projects(app, shared, rows, findings):
    task(shared, 1, 1, partner_id=[BLUE, "Blue"])
    task(shared, 2, 1)
    shared.document("sale.order", 1, RED)
    hours(shared, 1, 1, task_id=[2, "?"], so_line=[10, "S00001 - Licence (Red)"])
    hours(shared, 2, 1, task_id=[1, "?"], so_line=[10, "S00001 - Licence (Red)"])
    hours(shared, 3, 3, partner_id=[ROB, "Rob"])
    hours(shared, 4, 4)
    hours(shared, 5, 3)
    run = shared.run(app)
    sheets, tasks = by_key(rows, Timesheet), by_key(rows, Task)
    assert {key: row.customer_id for key, row in sheets.items()} == {1: RED_ID, 2: "blue", 3: RED_ID}
    assert (sheets[1].task_id, sheets[2].task_id) == (tasks[2].id, tasks[1].id)
    assert (sheets[1].project_id is None, sheets[2].project_id is None) == (False, True)
    assert (sheets[1].order_item, sheets[2].order_item) == ("S00001 - Licence (Red)", "")
    assert run.counts["account.analytic.line"]["sums"]["h"] == {
        "shown": "6.0", "hidden": "4.0", "portal": "6"
    }  # fmt: skip
    assert report.reconciles(run)


def test_dangling_and_broken_delivery_records_are_reported_and_kept(app, shared, rows, findings):
    task(shared, 1, 1)
    hours(shared, 1, 1, task_id=[1, "?"])
    hours(shared, 2, 1)
    shared.run(app)
    task(shared, 1, 1, state="haunted")
    hours(shared, 2, 1, task_id=[99, "?"])
    hours(shared, 3, 99)
    run = shared.run(app)
    said = " ".join(findings(run))
    assert "does not know the state 'haunted'" in said
    assert "The task 99" in said
    assert "The project 99" in said
    assert sorted(by_key(rows, Timesheet)) == [1, 2]
    assert sorted(by_key(rows, Task)) == [1]
    assert run.counts["account.analytic.line"]["kept"] == 1
    assert report.reconciles(run)


def test_a_project_that_goes_to_another_customer_takes_its_tasks_along(app, shared, rows):
    task(shared, 1, 1)
    task(shared, 2, 1, parent_id=[1, "?"])
    task(shared, 3, 1, partner_id=[ROB, "Rob"], parent_id=[1, "?"])
    hours(shared, 1, 1, task_id=[1, "?"])
    shared.run(app)
    shared.add("project.project", 1, partner_id=[BLUE, "Blue"])
    run = shared.run(app)
    tasks, sheets = by_key(rows, Task), by_key(rows, Timesheet)
    assert {key: row.customer_id for key, row in tasks.items()} == {1: "blue", 2: "blue", 3: RED_ID}
    assert (tasks[2].parent_id, tasks[3].parent_id) == (tasks[1].id, None)
    assert sheets[1].task_id == tasks[1].id
    assert report.reconciles(run)
    again = shared.run(app)
    assert {counts["changed"] for counts in again.counts.values()} == {0}


def test_a_project_no_longer_shared_is_archived_with_all_in_it(app, shared, rows):
    task(shared, 1, 1)
    hours(shared, 1, 1, task_id=[1, "?"])
    shared.run(app)
    shared.add("project.project", 1, privacy_visibility="followers")
    run = shared.run(app)
    for model in ("project.project", "project.task", "account.analytic.line"):
        assert run.counts[model]["archived"] == 1
    assert not by_key(rows, Task)


def test_days_are_no_hours(app, shared, findings):
    shared.add("uom.uom", 3, name="Days")
    hours(shared, 1, 1, product_uom_id=[3, "Days"])
    assert "These are days" in findings(shared.run(app))[0]
