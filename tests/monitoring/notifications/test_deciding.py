"""Who is told of an event, by which rule, and who is not, and why."""

from __future__ import annotations

import pytest

from portal.monitoring.notifications import rules
from tests.monitoring.notifications.people import book, happens, host, person, rule, service, silent, told

ADA, UMA = person("ada"), person("uma")
BEA = person("bea", "beta")
PAT = person("pat", None)


class TestContacts:
    def test_all_contacts_of_the_affected_object_are_told_and_by_which_rule(self):
        """Seed, 5: "By default Checkmk notifies all contacts of an affected host or service when problems occur." """
        decision = happens(host(), book(rule("usual"), web=(ADA, UMA), db=(PAT,)))
        assert told(decision) == ["Ada", "Uma"]
        assert {telling.rule.key for telling in decision.told} == {"usual"}
        assert silent(decision) == {}

    def test_a_contact_of_the_host_alone_is_not_told_of_its_service(self):
        """Seed, 4.2: "They will receive no notifications from these however!" """
        affected = service(contact_groups=frozenset({"db"}), host_only=frozenset({"web"}))
        decision = happens(affected, book(rule(), web=(ADA,), db=(UMA,)))
        assert told(decision) == ["Uma"]
        assert silent(decision) == {"Ada": "host_only"}

    def test_customers_people_hear_of_their_customers_sites_alone(self):
        of_all = book(rule(contact_groups=["all"], users=["bea"]), all=(ADA, BEA, PAT))
        decision = happens(host(), of_all)
        assert (told(decision), silent(decision)) == (["Ada", "Pat"], {"Bea": "foreign"})
        decision = happens(host(customer_id="beta"), of_all)
        assert (told(decision), silent(decision)) == (["Bea", "Pat"], {"Ada": "foreign"})

    def test_an_address_of_another_customers_person_gets_nothing(self):
        of_beta = book(rule(emails=["bea@beta.example", "sms@gateway.example"]))
        of_beta.owners = {"bea@beta.example": frozenset({"beta"})}
        assert told(happens(host(), of_beta)) == ["sms@gateway.example"]
        assert told(happens(host(customer_id="beta"), of_beta)) == ["bea@beta.example", "sms@gateway.example"]

    def test_rules_may_tell_quite_independently_of_contact_groups(self):
        """Seed, 5: "a user does want to be informed ... even if they are not responsible" """
        assert told(happens(host(), book(rule("usual"), rule("pat", users=["PAT"]), web=(ADA,), people=(PAT,)))) == [
            "Ada", "Pat",
        ]  # fmt: skip

    def test_whoever_switched_notifications_off_or_has_no_address_gets_none(self):
        quiet, nowhere = person("quiet", is_muted=True), person("nowhere", email="")
        decision = happens(host(), book(rule(), web=(quiet, nowhere)))
        assert (told(decision), silent(decision)) == ([], {"Quiet": "muted", "Nowhere": "no_email"})
        assert not decision.by_fallback
        assert told(happens(host(), book(rule(method="script", script="sms"), web=(nowhere,)))) == ["Nowhere"]


class TestFallback:
    def test_fallback_contacts_are_told_when_no_rule_applies(self):
        """Seed, 2.5: "this contact should receive alerts for events when no notification rule applies" """
        spare = person("spare", None, is_fallback=True)
        elsewhere = book(rule(hosts=["db1"]), web=(ADA,), people=(spare,))
        decision = happens(host(), elsewhere)
        assert decision.by_fallback
        assert [(one.recipient.name, one.method, one.rule) for one in decision.told] == [("Spare", "mail", None)]
        assert silent(decision) == {"Ada": "no_rule"}
        decision = happens(host(host="db1"), elsewhere)
        assert (told(decision), decision.by_fallback) == (["Ada"], False)

    def test_the_fallback_address_hears_of_it_too_unless_it_is_another_customers(self):
        spare = person("spare", None, is_fallback=True)
        known = book(rule(hosts=["db1"]), people=(spare,))
        known.fallback_email, known.owners = "NOC@example.com", {"noc@example.com": frozenset({"beta"})}
        assert told(happens(host(customer_id="beta"), known)) == ["Spare", "NOC@example.com"]
        decision = happens(host(), known)
        assert (told(decision), silent(decision)) == (["Spare"], {"NOC@example.com": "foreign"})
        assert told(happens(host(host="db1"), known)) == []
        known.fallback_email = "Spare@example.com"
        assert told(happens(host(), known)) == ["Spare"]

    def test_a_rule_that_applies_and_tells_nobody_is_no_case_for_them(self):
        spare = person("spare", None, is_fallback=True)
        assert told(happens(host(contact_groups=frozenset()), book(rule(), people=(spare,)))) == []

    def test_a_rule_may_tell_them_and_another_customers_are_left_out(self):
        spare, theirs = person("spare", None, is_fallback=True), person("theirs", "beta", is_fallback=True)
        assert told(
            happens(host(), book(rule(all_contacts=False, fallback_contacts=True), people=(spare, theirs)))
        ) == ["Spare"]
        decision = happens(host(), book(people=(spare, theirs)))
        assert (told(decision), silent(decision)) == (["Spare"], {"Theirs": "foreign"})


class TestOrder:
    def test_a_later_rule_replaces_the_parameters_of_an_earlier_one(self):
        decision = happens(host(), book(rule("first", bulk_minutes=0), rule("second", bulk_minutes=30), web=(ADA,)))
        assert [(one.rule.key, one.bulk_minutes) for one in decision.told] == [("second", 30)]

    def test_two_methods_stand_side_by_side(self):
        by_script = rule("sms", method="script", script="sms.sh", bulk_minutes=30)
        decision = happens(host(), book(rule("usual"), by_script, web=(ADA,)))
        assert [(one.method, one.bulk_minutes) for one in decision.told] == [("mail", 0), ("script:sms.sh", 0)]

    def test_a_later_rule_takes_back_what_an_earlier_one_said_of_the_same_method(self):
        """Seed, 5: "there are specific notifications that a user does not want to receive" """
        not_ada = rule("not", effect="cancel", users=["ada"], services=["~CPU"])
        by_script = rule("sms", method="script", script="sms.sh")
        decision = happens(service(), book(rule("usual"), by_script, not_ada, web=(ADA, UMA)))
        assert sorted((one.recipient.name, one.method) for one in decision.told) == [
            ("Ada", "script:sms.sh"), ("Uma", "mail"), ("Uma", "script:sms.sh"),
        ]  # fmt: skip
        decision = happens(service(), book(rule("usual"), not_ada, web=(ADA, UMA)))
        assert (told(decision), silent(decision)) == (["Uma"], {"Ada": "cancelled"})
        assert [one.rule.key for one in decision.silent] == ["not"]
        assert told(happens(service(), book(not_ada, rule("usual"), web=(ADA, UMA)))) == ["Ada", "Uma"]


class TestOwnRules:
    def test_they_count_after_all_others_for_their_owner_alone(self):
        never = rule("never", owner=ADA, effect="cancel")
        decision = happens(host(), book(rule("usual"), never, web=(ADA, UMA)))
        assert (told(decision), silent(decision)) == (["Uma"], {"Ada": "cancelled"})
        by_script = rule("own", owner=ADA, method="script", script="sms.sh", all_contacts=True)
        decision = happens(host(), book(rule("usual"), by_script, web=(ADA, UMA)))
        assert sorted((one.recipient.name, one.method) for one in decision.told) == [
            ("Ada", "mail"), ("Ada", "script:sms.sh"), ("Uma", "mail"),
        ]  # fmt: skip

    def test_a_rule_that_must_stay_is_not_changed_by_them(self):
        never, rare = rule("never", owner=ADA, effect="cancel"), rule("rare", owner=ADA, bulk_minutes=60)
        decision = happens(host(), book(rule("must", allow_own=False), never, rare, web=(ADA,)))
        assert [(one.rule.key, one.bulk_minutes) for one in decision.told] == [("must", 0)]

    def test_they_open_nothing_that_is_not_their_owners(self):
        own = rule("own", owner=ADA)
        assert told(happens(host(), book(own, people=(ADA,)))) == []
        seeing = person("ada", sees_all=True)
        assert told(happens(host(), book(own, people=(seeing,)))) == ["Ada"]
        assert told(happens(host(customer_id="beta"), book(own, people=(seeing,)))) == []
        narrowed = person("ada", sees_all=True, sites=frozenset({"acme_hamburg"}))
        assert told(happens(host(), book(own, people=(narrowed,)))) == []
        assert told(happens(host(site_id="acme_hamburg"), book(own, people=(narrowed,)))) == ["Ada"]
        assert told(happens(host(), book(own, web=(narrowed,)))) == ["Ada"]
        loosely = service(contact_groups=frozenset({"db"}), host_only=frozenset({"web"}))
        assert told(happens(loosely, book(own, web=(ADA,)))) == []

    def test_one_that_takes_back_keeps_nothing_from_the_fallback_contacts(self):
        spare = person("spare", None, is_fallback=True)
        never = rule("never", owner=ADA, effect="cancel")
        assert told(happens(host(), book(never, web=(ADA,), people=(spare,)))) == ["Spare"]


@pytest.mark.parametrize(
    ("body", "affected", "applies"),
    [
        ({}, host(), True),
        ({"hosts": ["web1"]}, host(), True),
        ({"hosts": ["web"]}, host(), False),
        ({"hosts": ["~web"]}, host(), True),
        ({"hosts": ["~eb1"]}, host(), False),
        ({"hosts": ["~(a+)+$"]}, host(host="a" * 40 + "!"), False),
        ({"services": ["CPU"]}, host(), False),
        ({"services": ["CPU"]}, service(), True),
        ({"services": ["~Disk", "~C.U$"]}, service(), True),
        ({"service_groups": ["shop"]}, service(), False),
        ({"service_groups": ["shop"]}, service(service_groups=frozenset({"shop"})), True),
        ({"service_groups": ["shop"]}, host(host_groups=frozenset({"shop"})), False),
        ({"host_groups": ["shop", "db"]}, service(host_groups=frozenset({"db"})), True),
        ({"host_groups": ["shop"]}, host(), False),
        ({"host_tags": ["crit:prod", "os:linux"]}, host(tags={"crit": "prod", "os": "linux"}), True),
        ({"host_tags": ["crit:prod", "os:linux"]}, host(tags={"crit": "prod"}), False),
        ({"of_contact_groups": ["web", "x"]}, host(), True),
        ({"of_contact_groups": ["db"]}, host(), False),
        ({"sites": ["acme_lab"]}, host(), True),
        ({"sites": ["other"]}, host(), False),
        ({"customers": ["acme"]}, service(), True),
        ({"customers": ["beta"]}, service(), False),
    ],
)
def test_what_narrows_a_rule(body, affected, applies):
    assert told(happens(affected, book(rule(**body), web=(ADA,)))) == (["Ada"] if applies else [])


def test_a_rule_is_about_its_events_and_its_time_period():
    usual = book(rule(), web=(ADA,))
    heard = [code for code in ("down", "unreachable", "up", "acknowledgement", "downtime_start", "downtime_end")
             if told(happens(host(), usual, code))]  # fmt: skip
    assert heard == ["down", "up"]
    assert told(happens(service(), book(rule(events=["acknowledgement"]), web=(ADA,)), "acknowledgement")) == ["Ada"]
    assert told(happens(service(), book(rule(events=["crit"]), web=(ADA,)), "warn")) == []
    nightly = book(rule(period="night"), web=(ADA,))
    assert told(happens(host(), nightly, periods=frozenset({"night"}))) == ["Ada"]
    assert told(happens(host(), nightly, periods=frozenset({"day"}))) == []


def test_that_it_is_over_hears_who_was_told_of_the_problem():
    decision = happens(host(), book(rule(), web=(ADA, UMA)), "up", told=frozenset({f"user:{UMA.id}"}))
    assert (told(decision), silent(decision)) == (["Uma"], {"Ada": "not_told_before"})


def test_a_script_is_named_by_its_rule():
    assert rules.Rule("x", "X", {"method": "script", "script": "sms.sh"}).method == "script:sms.sh"
