"""Who would be told, and the log of who was: pages for staff."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from portal.accounts.attributes import CustomAttribute
from portal.accounts.users import User, UserRole
from portal.contacts.inventory import Host
from portal.database import db, now, separate
from portal.jobs import work_once
from portal.leases import Job
from tests import post
from tests.factories.contacts import group
from tests.factories.elements import as_pat
from tests.monitoring.fleet import host, service
from tests.monitoring.notifications.rounds import look, prepare, rule

WHO, LOG = "/provider/monitoring/notifications/", "/provider/monitoring/notifications/log"


@pytest.fixture
def lab(app, fleet):
    prepare(app)
    rows = {"web1": host("web1"), "db1": host("db1"), "CPU": service("web1", "CPU")}
    fleet.add("acme_lab", "hosts", rows["web1"], rows["db1"])
    fleet.add("acme_lab", "services", rows["CPU"])
    look(app)
    return rows


def table(page, id):
    section = page.html.find("section", id=id)
    return [[cell.text.strip() for cell in row.find_all("td")] for row in section.select("tbody tr")] if section else []


def only_monitoring(app, username):
    """Leave somebody of the staff with the role `user`: a contact, who sees no setup."""
    with app.app_context(), separate() as session:
        id = session.query(User.id).filter_by(username=username).scalar()
        session.execute(update(UserRole).where(UserRole.user_id == id).values(role_id="user"))


class TestWho:
    def test_it_names_the_rule_for_each_and_why_others_are_not_told(self, app, as_, lab):
        rule(app, "quiet", effect="cancel", users=["uma"], all_contacts=False,
             hosts=["web1"])  # fmt: skip
        pat = as_("pat")
        page = pat.get(f"{WHO}?site=acme_lab&host=web1")
        assert table(page, "told") == [["Ada Arnold", "E-mail", "ada.arnold@acme.example", "Usual"]]
        assert table(page, "silent") == [["Uma Dietrich", "A rule takes it back.", "Quiet"]]
        assert [link["href"] for link in page.html.select("#told a, #silent a")] == [
            "/provider/setup/notification-rules/usual", "/provider/setup/notification-rules/quiet",
        ]  # fmt: skip

    def test_of_a_service_the_contacts_of_its_host_are_not_told(self, app, as_, lab):
        page = as_("pat").get(f"{WHO}?site=acme_lab&host=web1&service=Disk&event=warn")
        assert [row[0] for row in table(page, "told")] == ["Uma Dietrich"]
        assert table(page, "silent") == [["Ada Arnold", "Responsible for the host, not for this service.", "–"]]
        groups = [link["href"] for link in page.html.select("dl.facts a")]
        assert all(href.startswith("/provider/setup/contact-groups/") for href in groups)
        assert len(groups) == 2

    def test_the_pages_of_a_host_and_a_service_lead_there(self, as_, lab):
        pat = as_("pat")
        page = pat.get("/provider/monitoring/host?site=acme_lab&name=web1").click("Who would be told?")
        assert page.forms["asked"]["host"].value == "web1"
        page = pat.get("/provider/monitoring/service?site=acme_lab&host=web1&service=CPU").click("Who would be told?")
        assert (page.forms["asked"]["service"].value, page.forms["asked"]["event"].value) == ("CPU", "crit")
        page.forms["asked"]["event"] = "ok"
        page.forms["asked"].submit().mustcontain("hears only who was told of it")

    def test_what_is_not_there_is_said(self, app, as_, lab):
        pat = as_("pat")
        pat.get(f"{WHO}?site=acme_lab&host=none", status=404).mustcontain("There is nothing of this name")
        pat.get(f"{WHO}?site=none&host=web1", status=404)
        with app.app_context(), separate() as session:
            session.execute(update(Host).values(contact_set_id=None))
        pat.get(f"{WHO}?site=acme_lab&host=web1", status=404).mustcontain("still being worked out")

    def test_nobody_is_told_without_a_rule(self, app, as_, fleet, lab):
        pat = as_("pat")
        token = pat.get("/provider/setup/notification-rules/usual").html.find("input", {"name": "csrf_token"})["value"]
        pat.post("/provider/setup/notification-rules/usual/disablement", {"csrf_token": token})
        page = pat.get(f"{WHO}?site=acme_lab&host=web1")
        page.mustcontain("Nobody is told", "there is no fallback contact")
        assert {row[1] for row in table(page, "silent")} == {"Responsible, but no rule for this event tells them."}


class TestLog:
    def test_it_says_who_was_told_of_what_how_and_what_became_of_it(self, app, as_, lab):
        lab["CPU"]["state"] = 2
        look(app)
        page = as_("pat").get(LOG)
        rows = page.html.select("table.list tbody tr")
        assert [[cell.get_text(" ", strip=True) for cell in row.find_all("td")][:5] for row in rows] == [
            ["CPU on web1 Lab · Acme GmbH", "Critical", f"{name} E-mail", "Usual", "Sent"]
            for name in ("Uma Dietrich", "Ada Arnold")
        ]
        assert rows[0].select_one("a[href^='/provider/mail/']")

    def test_it_is_searched_and_paged(self, app, as_, lab):
        lab["CPU"]["state"] = 2
        look(app)
        lab["web1"]["state"] = 1
        look(app)
        pat = as_("pat")
        assert len(pat.get(f"{LOG}?q=arnold").html.select("tbody tr")) == 2
        assert len(pat.get(f"{LOG}?event=down").html.select("tbody tr")) == 2
        pat.get(f"{LOG}?q=nobody").mustcontain("Nothing found")
        page = pat.get(f"{LOG}?per_page=3")
        assert len(page.html.select("tbody tr")) == 3
        assert len(page.click("Next").html.select("tbody tr")) == 1

    def test_of_what_somebody_does_not_see_it_says_nothing(self, app, as_, lab):
        only_monitoring(app, "gil")
        lab["web1"]["state"] = lab["db1"]["state"] = 1
        look(app)
        gil = as_("gil")
        gil.get(LOG).mustcontain("Nobody was told of anything yet")
        gil.get(WHO, status=404)
        with app.app_context():
            group("web", "gil")
            db.session.commit()
        assert len(gil.get(LOG).html.select("tbody tr")) == 4
        assert not gil.get(LOG).html.select("a[href^='/provider/setup/notification-rules']")


class TestScripts:
    @pytest.fixture
    def folder(self, app, tmp_path, monkeypatch):
        monkeypatch.setitem(app.config, "NOTIFICATION_SCRIPTS", str(tmp_path))
        return tmp_path

    @staticmethod
    def install(folder, text, name="sms.sh", mode=0o755):
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(mode)

    def test_a_script_is_given_its_variables_and_nothing_else(self, app, as_, lab, folder):
        self.install(folder, "env | sort")
        rule(app, "sms", position=20, method="script", script="sms.sh", users=["ada"], all_contacts=False)
        with as_pat(app) as (session, pat):
            for id, is_notified in (("shift", True), ("badge", False)):
                CustomAttribute.create(session, id=id, title=id, topic="identity", is_notified=is_notified, by=pat)
            ada = session.query(User).filter_by(username="ada").one()
            ada.pager, ada.attributes = "+49 30 1", {"shift": "nig\0ht", "badge": "7"}
        lab["CPU"] |= {"state": 2, "plugin_output": "load $(id) 99"}
        look(app)
        told = dict(line.split("=", 1) for line in as_("pat").get(LOG).html.find("pre").text.splitlines())
        assert int(told.pop("NOTIFY_LASTSERVICESTATECHANGE")) > 1_700_000_000
        assert {name: value for name, value in told.items() if name not in ("PWD", "SHLVL", "_")} == {
            "NOTIFY_WHAT": "SERVICE", "NOTIFY_NOTIFICATIONTYPE": "PROBLEM", "NOTIFY_HOSTNAME": "web1",
            "NOTIFY_SERVICEDESC": "CPU", "NOTIFY_SERVICESTATE": "CRIT", "NOTIFY_SERVICEOUTPUT": "load $(id) 99",
            "NOTIFY_OMD_SITE": "acme_lab", "NOTIFY_SITEALIAS": "Lab", "NOTIFY_CONTACTNAME": "ada",
            "NOTIFY_CONTACTALIAS": "Ada Arnold", "NOTIFY_CONTACTEMAIL": "ada.arnold@acme.example",
            "NOTIFY_CONTACTPAGER": "+49 30 1", "NOTIFY_CONTACT_SHIFT": "night",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "mode", "said"),
        [
            ("echo no line; exit 3", 0o755, ("Failed", "Exit code 3", "no line")),
            ("echo half; sleep 60 & sleep 60", 0o755, ("Failed", "longer than 1 seconds", "half")),
            ("exit 0", 0o644, ("Failed", "This script is not installed here.")),
            ("yes | head -c 100000", 0o755, ("Done", "Exit code 0", "y\ny\ny")),
        ],
    )
    def test_what_became_of_it_is_kept(self, app, as_, lab, folder, monkeypatch, text, mode, said):
        monkeypatch.setitem(app.config, "NOTIFICATION_SECONDS", 1)
        self.install(folder, text, mode=mode)
        rule(app, "sms", position=20, method="script", script="sms.sh", users=["ada"], all_contacts=False)
        lab["web1"]["state"] = 1
        look(app)
        page = as_("pat").get(f"{LOG}?q=ada")
        page.mustcontain(*said)
        assert len(page.text) < 60_000
        assert work_once(app) == 0

    def test_a_name_that_leads_out_of_the_folder_is_none(self, app, as_, lab, folder):
        self.install(folder.parent, "echo out", name="out.sh")
        for name in ("../out.sh", str(folder.parent / "out.sh")):
            rule(app, f"r{len(name)}", position=20, method="script", script=name, users=["ada"], all_contacts=False)
        lab["web1"]["state"] = 1
        look(app)
        page = as_("pat").get(f"{LOG}?q=ada")
        assert page.text.count("This script is not installed here.") == 2
        page.mustcontain(no="echo out")

    def test_the_form_of_a_rule_names_the_scripts_that_are_installed(self, as_, folder):
        self.install(folder, "", name="pager")
        self.install(folder, "", name="notes.txt", mode=0o644)
        as_("pat").get("/provider/setup/notification-rules/new").mustcontain("Installed here: pager.")


class TestCollected:
    def end(self, app, **changed):
        """Let the time be over in which is collected, and let Uma be another meanwhile."""
        with app.app_context(), separate() as session:
            [job] = session.query(Job).filter_by(kind="notifications.collected").all()
            job.run_after = job.created_at
            if changed:
                session.execute(update(User).where(User.username == "uma").values(**changed))

    def test_one_mail_tells_all_that_happened_in_that_time(self, app, as_, lab, monkeypatch):
        rule(app, "calm", position=20, bulk_minutes=30, users=["uma"], all_contacts=False)
        lab["CPU"]["state"] = 2
        assert look(app) == [("ada", "CPU on web1: Critical")]
        lab["db1"]["state"] = 1
        look(app)
        assert len(as_("pat").get(f"{LOG}?q=uma").html.find_all(string="Collected")) == 2
        self.end(app)
        mails = post.to(post.deliver(app), "uma.dietrich@acme.example")
        assert [mail["Subject"] for mail in mails] == ["2 notifications: CPU on web1: Critical …"]
        text = post.text_of(mails[0])
        assert text.index("CPU on web1: Critical") < text.index("db1: Down")
        assert len(as_("pat").get(f"{LOG}?q=uma").html.find_all(string="Sent")) == 2

    @pytest.mark.parametrize("changed", [{"archived_at": now()}, {"customer_id": "beta"}])
    def test_whoever_is_gone_meanwhile_is_told_nothing(self, app, as_, lab, changed):
        rule(app, "calm", position=20, bulk_minutes=30, users=["uma"], all_contacts=False)
        lab["CPU"]["state"] = 2
        look(app)
        self.end(app, **changed)
        assert not post.to(post.deliver(app), "uma.dietrich@acme.example")
        as_("pat").get(f"{LOG}?q=uma").mustcontain("Failed", "Meanwhile the person is gone")

    def test_the_mail_goes_where_somebody_reads_now(self, app, lab):
        rule(app, "calm", position=20, bulk_minutes=30, users=["uma"], all_contacts=False)
        lab["CPU"]["state"] = 2
        look(app)
        self.end(app, email="uma@new.example", email_key="uma@new.example")
        assert len(post.to(post.deliver(app), "uma@new.example")) == 1
