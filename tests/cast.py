"""The cast of the tests: the demo's people, and three of their own customer made for the day."""

PASSWORD = "portal-demo-2026"
CUSTOMERS_PEOPLE = ("ada", "alan", "abe", "uma", "ugo", "bea", "ben", "bob", "gus")
STAFF = ("pat", "gil")
EVERYBODY = CUSTOMERS_PEOPLE + STAFF
