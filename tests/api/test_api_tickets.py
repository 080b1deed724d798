"""Tickets through the API."""

from __future__ import annotations

from typing import Any


class TestTickets:
    NEW: dict[str, Any] = {"subject": "It hangs", "description": "Since **noon**.", "impact": "limited"}

    def test_one_is_opened_and_answered(self, by):
        made = by("uma").make("tickets", 201, **self.NEW).json
        assert (made["state"], made["environment"], made["messages"][0]["body"]) == (
            "new", "production", "Since **noon**.",
        )  # fmt: skip
        path = f"tickets/{made['id']}"
        by("pat").make(f"{path}/messages", 201, body="Look again.", state="solved")
        assert by("uma").read(path).json["state"] == "solved"
        by("uma").make(f"{path}/messages", 422, body="No.", state="open")
        by("uma").make(f"{path}/messages", 201, body="It hangs again.")
        found = by("uma").read(path).json
        assert (found["state"], [one["is_staff"] for one in found["messages"]]) == ("reopened", [False, True, False])
        assert "tier" not in found
        by("bea").read(path, 404)

    def test_it_is_solved_ended_and_opened_again(self, by):
        path = f"tickets/{by('uma').make('tickets', 201, **self.NEW).json['id']}"
        assert by("pat").make(f"{path}/solution").json["state"] == "solved"
        assert by("uma").make(f"{path}/closure").json["state"] == "closed"
        assert "already" in by("uma").make(f"{path}/closure", 409).json["detail"]
        assert by("uma").make(f"{path}/reopening").json["state"] == by("uma").read(path).json["state"] == "reopened"
        by("gil").make(f"{path}/closure", 403)
        by("bea").make(f"{path}/closure", 404)

    def test_staff_open_one_for_somebody_who_called(self, by):
        uma = by("pat").read("users?q=uma").json["items"][0]
        made = by("pat").make("tickets", 201, **self.NEW, customer="acme", opener_id=uma["id"]).json
        assert (made["opener"], made["customer"]) == ("Uma Dietrich", "acme")
        assert "customer" in by("pat").make("tickets", 422, **self.NEW, customer="beta").json["errors"]
        assert "opener_id" in by("uma").make("tickets", 422, **self.NEW, opener_id=uma["id"]).json["errors"]
