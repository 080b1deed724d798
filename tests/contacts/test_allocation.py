"""Allocation: the seed's sentences on contact groups ("User management", section 3), each as a world of a few hosts."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.contacts.allocation_world import Inventory

ALL = ("CPU load", "SAP one")


@pytest.fixture
def inventory(app: Flask) -> Inventory:
    """Two hosts of acme and one of beta, and some groups."""
    inventory = Inventory(app)
    inventory.site("harbour", "acme")
    inventory.site("plant", "beta")
    inventory.host("web1", folder="/linux/db", services=ALL)
    inventory.host("win1", folder="/windows", services=ALL)
    inventory.host("web1", site="plant", customer="beta", folder="/linux", services=ALL)
    for key in ("all", "linux", "db", "sap"):
        inventory.group(key)
    inventory.group("acme-web", "acme")
    return inventory


def hosts(inventory: Inventory) -> dict[tuple[str, str], set[str]]:
    """Return the groups of the hosts after the job ran."""
    inventory.compute()
    return inventory.kept()[0]


def services(inventory: Inventory, host: str = "web1") -> dict[str, set[str]]:
    """Return who is responsible for the services of one of acme's hosts, after the job ran."""
    inventory.compute()
    return {
        name: groups
        for (site, of, name), (groups, _host) in inventory.kept()[1].items()
        if (site, of) == ("harbour", host)
    }


def test_folders_and_rules_add_up(inventory: Inventory) -> None:
    """3.2: "In this case the host is allocated the sum of the respective contact groups."."""
    inventory.give("folders", "f", path="/linux/db", groups=["db"], as_contacts=True)
    inventory.give("contact-rules", "r", groups=["linux"], hosts=["web1"])
    inventory.give("assignments", "a", "acme", site="harbour", host="web1", groups=["sap"])
    assert hosts(inventory)["harbour", "web1"] == {"db", "linux", "sap"}


def test_all_matching_rules_count(inventory: Inventory) -> None:
    """3.2: "all relevant rules will be evaluated, and not just the first one"."""
    inventory.give("contact-rules", "one", groups=["all"])
    inventory.give("contact-rules", "two", groups=["linux"], folder="/linux")
    inventory.give("contact-rules", "three", groups=["sap"], folder="/linux", enabled=False)
    found = hosts(inventory)
    assert found["harbour", "web1"] == found["plant", "web1"] == {"all", "linux"}
    assert found["harbour", "win1"] == {"all"}


def test_folders_are_cumulative_where_the_parent_says_so(inventory: Inventory) -> None:
    """3.2: "The allocations are thus cumulative through all parent folders if in these the … option is active."."""
    inventory.give("folders", "root", path="/", groups=["all"], as_contacts=True, as_contacts_below=True)
    inventory.give("folders", "linux", path="/linux", groups=["linux"], as_contacts=True, as_contacts_below=False)
    inventory.give("folders", "db", path="/linux/db", groups=["db"], as_contacts=True)
    found = hosts(inventory)
    assert found["harbour", "web1"] == {"all", "db"}
    assert found["plant", "web1"] == {"all", "linux"}


def test_permission_on_a_folder_alone_makes_nobody_a_contact(inventory: Inventory) -> None:
    """3.2: "the actual purpose of this option is to set permissions for administering hosts"."""
    inventory.give("folders", "db", path="/linux/db", groups=["db"], as_contacts=False, for_services=True)
    assert hosts(inventory)["harbour", "web1"] == set()
    assert services(inventory) == {"CPU load": set(), "SAP one": set()}


def test_a_service_without_a_group_has_exactly_those_of_its_host(inventory: Inventory) -> None:
    """3.3: "If no contact group is assigned to a service, it will automatically receive the same … as its host."."""
    inventory.give("folders", "db", path="/linux/db", groups=["db"], as_contacts=True)
    inventory.give("contact-rules", "r", groups=["linux"], folder="/linux")
    assert services(inventory) == {"CPU load": {"db", "linux"}, "SAP one": {"db", "linux"}}


def test_a_service_with_a_group_of_its_own_inherits_none(inventory: Inventory) -> None:
    """3.3: "the service will no longer inherit its host's contact groups"."""
    inventory.give("contact-rules", "r", groups=["linux"])
    inventory.give("contact-rules", "s", assign="services", groups=["sap"], services=["~SAP"])
    assert services(inventory) == {"CPU load": {"linux"}, "SAP one": {"sap"}}
    assert inventory.kept()[1]["harbour", "web1", "SAP one"] == ({"sap"}, {"linux"}), "the host's see it all the same"


def test_a_folder_can_give_its_groups_to_services_explicitly(inventory: Inventory) -> None:
    """3.2: "if the host's services should also explicitly receive these groups"."""
    inventory.give("folders", "db", path="/linux/db", groups=["db"], as_contacts=True, for_services=True)
    inventory.give("contact-rules", "r", groups=["linux"])
    assert hosts(inventory)["harbour", "web1"] == {"db", "linux"}
    assert services(inventory) == {"CPU load": {"db"}, "SAP one": {"db"}}


def test_what_is_explicit_adds_up_too(inventory: Inventory) -> None:
    inventory.give("contact-rules", "s", assign="services", groups=["sap"], services=["SAP one"])
    inventory.give("assignments", "a", "acme", site="harbour", host="web1", service="SAP one", groups=["db"])
    assert services(inventory) == {"CPU load": set(), "SAP one": {"db", "sap"}}


def test_a_customers_rules_and_groups_count_on_its_sites_alone(inventory: Inventory) -> None:
    inventory.give("contact-rules", "own", "acme", groups=["all"])
    inventory.give("contact-rules", "everywhere", groups=["acme-web"])
    found = hosts(inventory)
    assert found["harbour", "win1"] == {"all", "acme-web"}
    assert found["plant", "web1"] == set()


def test_new_hosts_and_services_get_their_groups_after_a_sweep(inventory: Inventory) -> None:
    inventory.give("contact-rules", "r", groups=["linux"])
    inventory.give("contact-rules", "s", assign="services", groups=["sap"], services=["~SAP"])
    inventory.compute()
    inventory.host("web2", services=("SAP two",))
    inventory.services("win1", ["SAP three"])
    inventory.compute(only_new=True)
    found = inventory.kept()
    assert found[0]["harbour", "web2"] == {"linux"}
    assert found[1]["harbour", "web2", "SAP two"] == found[1]["harbour", "win1", "SAP three"] == ({"sap"}, {"linux"})
