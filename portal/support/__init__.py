"""Support: tickets, what they promise, and the desk from which staff answer them."""
